#!/usr/bin/env bash
# Plays the first week of a shop against a server and a Trendyol sandbox of its own, through the command line and RPCs alone, and says
# what it does. Everything is in a folder that is gone afterwards. Ends with 0, or names the first thing that differs from its promise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cli="$PWD/artifacts/bin/MesChain.Cli/debug/meschain"
patience=90 # seconds that a promise has to come true

scripts/install.sh demo
# shellcheck source=scripts/programs.sh
source scripts/programs.sh
build_programs

folder="$(mktemp -d)"
server='' watcher='' http='' answer=''
indent() {
  local text="${1:-(nothing)}"
  printf '    %s\n' "${text//$'\n'/$'\n'    }"
}
end_process() {
  [[ -n "$1" ]] || return 0
  kill -TERM "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
finish() {
  local code=$?
  trap - EXIT INT TERM
  end_process "$watcher"
  end_process "$server"
  if [[ $code -ne 0 && -s "$folder/server.log" ]]; then
    echo "The server's last words:"
    tail -n 5 "$folder/server.log"
  fi
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# --- what is said, done and promised ---

day() { printf '\n== %s ==\n' "$*"; }
say() { printf '\n%s\n' "$*"; }
differs() { # differs PROMISE WANTED FOUND
  printf '\nDIFFERS: %s\n  promised:\n%s\n  found:\n%s\n' "$1" "$(indent "$2")" "$(indent "$3")"
  exit 1
}
show() { # the command as one would type it
  local word
  printf '  $'
  for word in "$@"; do
    if [[ "$word" =~ ^[A-Za-z0-9_./:=-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
  done
  printf '\n'
}
ms() { # runs the command line, and shows what it says
  show meschain "$@"
  answer="$("$cli" "$@" 2>&1)" || differs "meschain $1 $2 succeeds" "exit code 0" "$answer"
  indent "$answer"
}
ms_refuses() { # ms_refuses WORD ARGS...: it must not succeed, and must name the word
  local word="$1"
  shift
  show meschain "$@"
  if answer="$("$cli" "$@" 2>&1)"; then differs "meschain $1 $2 does not succeed" "an exit code that is not 0" "$answer"; fi
  indent "$answer"
  [[ "$answer" == *"$word"* ]] || differs "the refusal names its cause" "$word" "$answer"
}
post() { # post WHAT PATH BODY: answers in $answer
  answer="$(curl -sS --fail-with-body --max-time 30 -H @"$folder/headers" -d "$3" "http://$http$2" 2>&1)" || differs "$1 is taken" "HTTP 200" "$answer"
}
rpc() { # rpc service/Method BODY
  show POST "/v1/$1" "$2"
  post "$1" "/v1/$1" "$2"
}
at_trendyol() { # at_trendyol PATH BODY: what buyers, reviewers and misfortune do there
  show POST "/_sandbox/trendyol/$1" "$2"
  post "$1 at the sandbox" "/_sandbox/trendyol/$1" "$2"
}
field() { jq -r "$1" <<<"$answer"; }
promise() { # promise WHAT WANTED FOUND
  [[ "$2" == "$3" ]] || differs "$1" "$2" "$3"
  printf '  ✓ %s\n' "$1"
}
comes_true() { # comes_true WHAT WANTED COMMAND...: asks until the command says what was wanted
  local what="$1" wanted="$2" found='' until=$((SECONDS + patience))
  shift 2
  while found="$("$@" 2>&1)" || true; [[ "$found" != "$wanted" ]]; do
    if ((SECONDS >= until)); then differs "$what, within $patience s" "$wanted" "$found"; fi
    sleep 0.3
  done
  printf '  ✓ %s\n' "$what"
}
asked() { # asked JQ service/Method BODY: an RPC that only looks
  curl -sS --max-time 30 -H @"$folder/headers" -d "$3" "http://$http/v1/$2" | jq -r "$1"
}
seen() { # seen JQ PATH: what the marketplace has
  curl -sS --max-time 30 "http://$http/_sandbox/trendyol/$2" | jq -r "$1"
}

# --- what is looked at again and again ---

quantity_at_trendyol() { seen ".[] | select(.barcode == \"$1\") | .quantity" offers; }
price_at_trendyol() { seen ".[] | select(.barcode == \"$1\") | .price" offers; }
taken_at_trendyol() { seen "[.[] | select(.endpoint == \"$1\" and .status < 300)] | length" calls; }
package_at_trendyol() { seen ".[] | select(.packageId == \"$1\") | .status" packages; }
first_of() { asked ".$2[0].$3" "catalog/$1" "{\"connection_id\":\"$connection\",$4}"; }
to_book() { asked ".entries[] | select(.order.orderNumber == \"$1\") | .kind | ascii_downcase | sub(\"entry_kind_\"; \"\")" order/PullOrders '{}'; }
package_here() { asked '.orders[0].packages | map(.status | ascii_downcase | sub("package_status_"; "")) | join(" ")' order/ListOrders "{\"order_number\":\"$1\"}"; }
listing_here() { asked '.listings | map("\(.shopVariantId) \(.state | ascii_downcase | sub("listing_state_"; ""))") | join(" ")' offer/ListListings "{\"connection_id\":\"$connection\"}"; }
claim_here() { asked '.claims | map(.items[].state | ascii_downcase | sub("claim_state_"; "")) | join(" ")' order/ListClaims "{\"order_number\":\"$1\"}"; }
question_here() { asked '.questions | map(.state | ascii_downcase | sub("question_state_"; "")) | join(" ")' order/ListQuestions '{}'; }
stock_here() { asked '.offers | map("\(.barcode) \(.desiredQuantity) \(.stockState | ascii_downcase | sub("offer_state_"; ""))") | join(", ")' offer/ListOffers "{\"connection_id\":\"$connection\",\"query\":\"$1\"}"; }
open_issues() { asked '.issues | "\(length) open" + (map(" " + .code + " " + .subject) | sort | join(""))' sync/ListIssues '{"state":"ISSUE_STATE_OPEN"}'; }

sequence=0
report_stock() { # report_stock LEVELS [APPLIED]: the shop's own counter orders its reports
  sequence=$((sequence + 1))
  rpc offer/ReportStock "{\"shop_sequence\":$sequence,\"levels\":[$1],\"applied_orders\":[${2:-}]}"
  promise "the report is taken" "true" "$(field '[.results[].ok] | all')"
}
book() { # book ORDER new|changed SHOP-ORDER LEVELS: what the OpenCart package does with an order
  comes_true "order $1 waits for the shop as $2" "$2" to_book "$1"
  rpc order/PullOrders '{}'
  local entry order revision
  answer="$(field ".entries[] | select(.order.orderNumber == \"$1\")")"
  entry="$(field .entryId)" order="$(field .order.id)" revision="$(field .order.revision)"
  rpc order/AcknowledgeOrders "{\"acknowledgements\":[{\"entry_id\":\"$entry\",\"revision\":\"$revision\",\"outcome\":\"ACKNOWLEDGE_OUTCOME_APPLIED\",\"shop_order_id\":\"$3\"}]}"
  promise "the shop's order $3 is on record" "true" "$(field '.results[0].ok')"
  report_stock "$4" "{\"order_id\":\"$order\",\"shop_order_id\":\"$3\"}"
}

start_server() {
  local name address
  # Settings of whoever runs this must not become settings of this server.
  for name in $(compgen -e | grep -i '^MESCHAIN' || true); do unset "$name"; done
  MESCHAIN__Data="$folder/data" MESCHAIN__Sandbox__Enabled=true MESCHAIN__Listeners__Http=127.0.0.1:0 MESCHAIN__Listeners__Grpc=127.0.0.1:0 \
    MESCHAIN__Sync__OrdersEvery=00:00:05 MESCHAIN__Sync__ClaimsEvery=00:00:05 MESCHAIN__Sync__QuestionsEvery=00:00:05 \
    artifacts/bin/MesChain.Server/debug/meschain-server >"$folder/server.log" 2>&1 &
  server=$!
  comes_true "the server listens" 1 grep -c '"Application started' "$folder/server.log"
  for address in $(jq -rR 'fromjson? | .address // empty' "$folder/server.log"); do
    if curl -fsS --http1.1 --max-time 10 "$address/readyz" >/dev/null 2>&1; then http="${address#http://}"; else export MESCHAIN_SERVER="$address"; fi
  done
  MESCHAIN_KEY="$(cat "$folder/data/bootstrap-key")"
  export MESCHAIN_KEY
  enter
}
enter() { # with the key that is meant from now on
  (umask 077 && printf 'authorization: Bearer %s\ncontent-type: application/json\n' "$MESCHAIN_KEY" >"$folder/headers")
}

# --- the week ---

shirt=8690000000012 jug=8690000000029 bag=8690000000555 linen=8690000000036

day "Monday: a shop and its marketplace"
start_server
say "The shop opens its store, and has a key of its own from then on."
rpc store/CreateStore '{"slug":"cinar","name":"Çınar Dükkânı"}'
show meschain ops keys create 'Çınar Dükkânı' --scope sync:shop --store cinar
MESCHAIN_KEY="$("$cli" ops keys create 'Çınar Dükkânı' --scope sync:shop --store cinar --json | jq -r .token)"
enter
curl -sSN -H @"$folder/headers" -d '{}' "http://$http/v1/sync/WatchEvents" >"$folder/events" 2>/dev/null &
watcher=$!
say "At Trendyol the seller has two products already; the shop has them too, and a bag that Trendyol does not know."
at_trendyol items "{\"items\":[{\"barcode\":\"$shirt\",\"title\":\"Pamuklu Tişört\",\"quantity\":1,\"price\":249.90},{\"barcode\":\"$jug\",\"title\":\"Bakır Cezve\",\"quantity\":1,\"price\":459.90}]}"
say "Key and secret of the seller account come by standard input: an argument would stand in the shell's history."
ms sync connection create 'Trendyol (deneme)' --seller 4321 --endpoint "http://$http/_sandbox/trendyol/" <<<$'sandbox-key\nsandbox-secret'
connection="$(asked '.connections[0].id' store/ListConnections '{}')"
ms sync connection test 'Trendyol (deneme)'
rpc catalog/UpsertProducts "{\"products\":[
  {\"shop_product_id\":\"1\",\"title\":\"Pamuklu Tişört\",\"brand\":\"Çınar\",\"variants\":[{\"shop_variant_id\":\"1\",\"barcode\":\"$shirt\",\"vat_basis_points\":1000}]},
  {\"shop_product_id\":\"2\",\"title\":\"Bakır Cezve\",\"brand\":\"İznik Ev\",\"variants\":[{\"shop_variant_id\":\"2\",\"barcode\":\"$jug\",\"vat_basis_points\":2000}]},
  {\"shop_product_id\":\"3\",\"title\":\"Işıltılı Sırt Çantası\",\"brand\":\"Çınar\",\"category\":\"Çanta\",\"image_url\":\"https://shop.example/canta.jpg\",\"description_html\":\"<p>Su geçirmez, 20 litre.</p>\",\"variants\":[{\"shop_variant_id\":\"3\",\"barcode\":\"$bag\",\"vat_basis_points\":2000}]}]}"
promise "three products are known" "true true true" "$(field '[.results[].ok | tostring] | join(" ")')"
rpc offer/ReportPrices '{"shop_sequence":1,"levels":[{"shop_variant_id":"1","sale_price":{"currency_code":"TRY","minor":"24990"}},{"shop_variant_id":"2","sale_price":{"currency_code":"TRY","minor":"45990"}},{"shop_variant_id":"3","sale_price":{"currency_code":"TRY","minor":"79990"}}]}'
promise "their prices are taken" "true" "$(field '[.results[].ok] | all')"
report_stock '{"shop_variant_id":"1","quantity":12},{"shop_variant_id":"2","quantity":8},{"shop_variant_id":"3","quantity":5}'
comes_true "two products are surely the same by their barcodes" 2 asked .sure offer/ProposeLinks "{\"connection_id\":\"$connection\"}"
rpc offer/LinkVariants "{\"connection_id\":\"$connection\",\"all_sure\":true}"
say "From here on stock and prices go out, and orders come in."
ms sync connection update 'Trendyol (deneme)' --prices true
ms sync connection mode 'Trendyol (deneme)' live
ms sync progress --watch
comes_true "Trendyol shows 12 of Pamuklu Tişört" 12 quantity_at_trendyol "$shirt"
comes_true "Trendyol shows 8 of Bakır Cezve" 8 quantity_at_trendyol "$jug"
comes_true "Trendyol has confirmed it" "$shirt 12 clean" stock_here "$shirt"
ms sync connections
ms sync offers

day "Tuesday: stock and price move"
say "Three shirts are sold over the counter, and the shirt becomes cheaper."
report_stock '{"shop_variant_id":"1","quantity":9}'
rpc offer/ReportPrices '{"shop_sequence":2,"levels":[{"shop_variant_id":"1","sale_price":{"currency_code":"TRY","minor":"19990"},"list_price":{"currency_code":"TRY","minor":"24990"}}]}'
promise "the price is taken" "true" "$(field '[.results[].ok] | all')"
comes_true "Trendyol shows 9 of Pamuklu Tişört" 9 quantity_at_trendyol "$shirt"
comes_true "Trendyol sells it at 199.9 TRY" 199.9 price_at_trendyol "$shirt"

day "Wednesday: the first order"
say "A buyer takes two shirts."
at_trendyol orders "{\"lines\":[{\"barcode\":\"$shirt\",\"quantity\":2}]}"
order="$(field .orderNumber)" package="$(field .packageId)"
book "$order" new 1001 '{"shop_variant_id":"1","quantity":7}'
ms sync order pick "$order"
comes_true "Trendyol knows that the package is being packed" Picking package_at_trendyol "$package"
comes_true "the order says so too" picking package_here "$order"
ms sync order invoice "$order" https://shop.example/fatura/1001.pdf
comes_true "Trendyol has taken the invoice's address" 1 taken_at_trendyol invoice-link
ms sync order ship "$order" --link https://kargo.example/1001
comes_true "the package is on its way" shipped package_here "$order"
book "$order" changed 1001 '{"shop_variant_id":"1","quantity":7}'
ms sync order show "$order"

day "Thursday: another order is cancelled, and a bag is listed"
say "A buyer orders a jug, and changes their mind once the shop has booked it."
at_trendyol orders "{\"lines\":[{\"barcode\":\"$jug\",\"quantity\":1}]}"
cancelled="$(field .orderNumber)"
gone="{\"packageId\":\"$(field .packageId)\",\"barcode\":\"$jug\"}"
book "$cancelled" new 1002 '{"shop_variant_id":"2","quantity":7}'
at_trendyol orders/cancel-line "$gone"
book "$cancelled" changed 1002 '{"shop_variant_id":"2","quantity":8}'
promise "the order is cancelled here too" cancelled "$(package_here "$cancelled")"
comes_true "the jug is back on sale: Trendyol shows 8 of Bakır Cezve" 8 quantity_at_trendyol "$jug"
say "The bag shall be sold at Trendyol too. What is missing is said before anything is sent."
ms_refuses BRAND_NOT_MAPPED sync listings create 3 --preview
say "The shop's own words are said in Trendyol's, whose lists are read when they are first asked for."
comes_true "Trendyol's brands are here" 'Çınar Ev' first_of ListBrands brands name '"query":"ÇINAR EV"'
comes_true "Trendyol's categories are here" 1155 first_of ListCategories categories id '"query":"SIRT ÇANTASI","leaves_only":true'
comes_true "the attributes of the category are here" 47 first_of ListCategoryAttributes attributes id '"category_id":"1155"'
ms sync catalog brands --query 'ÇINAR EV'
ms sync catalog categories --query 'SIRT ÇANTASI' --leaves
ms sync catalog attributes 1155
ms sync catalog options 1155 295 --query siyah
brand="$(first_of ListBrands brands id '"query":"ÇINAR EV"')"
ms sync catalog map brand:Çınar --brand "$brand"
ms sync catalog map category:Çanta --category 1155 --text 47=Siyah --set 295=2890
ms sync listings create 3 --preview
ms sync listings create 3
comes_true "Trendyol has taken the bag, and reviews it" "3 in_review" listing_here
ms sync listings list

day "Friday: a return and a question"
say "The shirts arrive; one does not fit and comes back."
at_trendyol packages/advance "{\"packageId\":\"$package\",\"status\":\"Delivered\"}"
at_trendyol claims "{\"packageId\":\"$package\",\"barcode\":\"$shirt\",\"quantity\":1,\"note\":\"Dar geldi\"}"
comes_true "the claim waits for a decision" awaiting_action claim_here "$order"
ms sync claims
ms sync claim approve "$(asked '.claims[0].id' order/ListClaims "{\"order_number\":\"$order\"}")"
comes_true "the claim is accepted" accepted claim_here "$order"
promise "Trendyol says so too" Accepted "$(seen '.[0].items[0].status' claims)"
at_trendyol questions "{\"barcode\":\"$jug\",\"text\":\"İndüksiyonlu ocakta kullanılır mı?\"}"
comes_true "the question waits for an answer" waiting question_here
ms sync question answer "$(asked '.questions[0].id' order/ListQuestions '{}')" 'Hayır, bakır cezvemiz yalnız gazlı ve elektrikli ocaklara uygundur.'
comes_true "the question is answered" answered question_here
ms sync questions

day "Saturday: Trendyol is away, and something is sold that the shop does not know"
at_trendyol faults '{"kind":"Status","status":503,"endpoint":"*","count":0}'
say "The shop goes on selling, and waits for nobody."
report_stock '{"shop_variant_id":"1","quantity":4}'
comes_true "whether Trendyol took it is in doubt, so it is not sent again before Trendyol was read" "$shirt 4 uncertain" stock_here "$shirt"
ms sync offers --query "$shirt"
promise "Trendyol still shows 7 of Pamuklu Tişört" 7 "$(quantity_at_trendyol "$shirt")"
promise "an outage of a few minutes is no issue: work resumes by itself" "0 open" "$(open_issues)"
say "Trendyol is back."
show DELETE /_sandbox/trendyol/faults
curl -sS --max-time 30 -X DELETE "http://$http/_sandbox/trendyol/faults" >/dev/null
comes_true "Trendyol sells the 4 that are left, though it would refuse the very same request as a repeat" 4 quantity_at_trendyol "$shirt"
say "A linen shirt is sold that somebody has listed in the seller panel. No stock of the shop can be held for it."
at_trendyol items "{\"items\":[{\"barcode\":\"$linen\",\"title\":\"Keten Gömlek\",\"quantity\":3,\"price\":649.90}]}"
at_trendyol orders "{\"lines\":[{\"barcode\":\"$linen\",\"quantity\":1}]}"
comes_true "an issue says so" "1 open UNKNOWN_BARCODE_SOLD $linen" open_issues
ms sync issues
ms sync issue show "$(asked '.issues[0].id' sync/ListIssues '{"state":"ISSUE_STATE_OPEN"}')"
say "The owner does what it says."
rpc catalog/UpsertProducts "{\"products\":[{\"shop_product_id\":\"4\",\"title\":\"Keten Gömlek\",\"variants\":[{\"shop_variant_id\":\"4\",\"barcode\":\"$linen\"}]}]}"
rpc offer/LinkVariants "{\"connection_id\":\"$connection\",\"links\":[{\"shop_variant_id\":\"4\"}]}"
comes_true "the issue is gone" "0 open" open_issues

day "Sunday: what happened"
show POST /v1/sync/WatchEvents '{}'
jq -rR 'fromjson? | .event // empty | "    \(.time[11:19]) \(.kind) \(.subject)"' "$folder/events"
for kind in link.changed offer.confirmed order.new order.acknowledged order.changed listing.changed claim.new claim.changed question.new question.changed issue.opened issue.resolved; do
  promise "$kind is in the timeline" true "$(jq -rRn "[inputs | fromjson? | .event.kind] | any(. == \"$kind\")" "$folder/events")"
done
say "What was decided is in the ledger too, which nobody changes unseen."
MESCHAIN_KEY="$(cat "$folder/data/bootstrap-key")" ms ops audit --max 15

say "Everything was as promised, after $SECONDS s."
