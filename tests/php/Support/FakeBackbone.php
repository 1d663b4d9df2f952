<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use Google\Protobuf\Internal\Message;
use MesChain\Grpc\Call;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Reply;
use MesChain\Grpc\Transport;
use MesChain\Proto\Sync\V1 as Wire;

/** The backbone at the seam of the carrier: real messages in and out, answers as the protos promise them. */
final class FakeBackbone implements Transport
{
    private const SERVICE = '/meschain.sync.v1.';

    /** @var array<int, array{0: string, 1: Message}> every call, in order */
    public $calls = [];
    /** @var callable(string, Message): void|null runs before the answer; may throw */
    public $before;
    /** @var callable(string, Message): void|null runs after the work, before the answer travels; may throw */
    public $after;
    /** @var array<string, int> quantities by variant */
    public $stock = [];
    /** @var array<string, int> sale prices by variant */
    public $prices = [];
    /** @var array<string, array<int, string>> variants by product */
    public $products = [];
    /** @var array<string, string> shop order by applied order */
    public $applied = [];
    /** @var array<string, int> highest number by variant */
    public $numbers = [];
    /** @var array<int, Wire\OrderEntry> */
    public $entries = [];
    /** @var array<int, Wire\Acknowledgement> */
    public $acknowledged = [];
    /** @var array<string, string> refusals of products by id */
    public $refuse = [];

    public function exchange(Call $call, callable $onMessage): Reply
    {
        $method = substr((string)strrchr($call->method, '/'), 1);
        $class = 'MesChain\\Proto\\Sync\\V1\\' . $method . 'Request';
        $request = new $class();
        $request->mergeFromString($call->message);
        $this->calls[] = [$method, $request];
        if ($this->before !== null) {
            ($this->before)($method, $request);
        }
        $answer = $this->{lcfirst($method)}($request);
        if ($this->after !== null) {
            ($this->after)($method, $request);
        }
        $onMessage($answer->serializeToString());

        return new Reply(200, ['content-type' => 'application/grpc'], ['grpc-status' => '0'], false);
    }

    public function name(): string
    {
        return 'fake';
    }

    /** @return array<int, Message> requests of one method */
    public function requests(string $method): array
    {
        return array_values(array_map(static function (array $call): Message {
            return $call[1];
        }, array_filter($this->calls, static function (array $call) use ($method): bool {
            return $call[0] === $method;
        })));
    }

    public static function down(): CallFailed
    {
        return CallFailed::unreachable(self::SERVICE, CURLE_COULDNT_CONNECT, 'down');
    }

    private function upsertProducts(Wire\UpsertProductsRequest $request): Wire\UpsertProductsResponse
    {
        $results = [];
        foreach ($request->getProducts() as $product) {
            $id = $product->getShopProductId();
            if (!isset($this->refuse[$id])) {
                $this->products[$id] = [];
                foreach ($product->getVariants() as $variant) {
                    $this->products[$id][] = $variant->getShopVariantId();
                }
            }
            $results[] = new Wire\ItemResult(['id' => $id, 'ok' => !isset($this->refuse[$id]), 'reason' => $this->refuse[$id] ?? '']);
        }

        return new Wire\UpsertProductsResponse(['results' => $results]);
    }

    private function deleteProducts(Wire\DeleteProductsRequest $request): Wire\DeleteProductsResponse
    {
        foreach ($request->getShopProductIds() as $id) {
            unset($this->products[$id]);
        }

        return new Wire\DeleteProductsResponse();
    }

    private function reportStock(Wire\ReportStockRequest $request): Wire\ReportStockResponse
    {
        $results = [];
        foreach ($request->getLevels() as $level) {
            $id = $level->getShopVariantId();
            $reason = $this->judge($id, (int)$request->getShopSequence());
            if ($reason === '') {
                $this->stock[$id] = $level->getQuantity();
                $this->numbers[$id] = (int)$request->getShopSequence();
            }
            $results[] = new Wire\ItemResult(['id' => $id, 'ok' => $reason === '', 'reason' => $reason]);
        }
        foreach ($request->getAppliedOrders() as $order) {
            $this->applied[$order->getOrderId()] = $order->getShopOrderId();
        }

        return new Wire\ReportStockResponse(['results' => $results]);
    }

    private function reportPrices(Wire\ReportPricesRequest $request): Wire\ReportPricesResponse
    {
        $results = [];
        foreach ($request->getLevels() as $level) {
            $this->prices[$level->getShopVariantId()] = (int)$level->getSalePrice()->getMinor();
            $results[] = new Wire\ItemResult(['id' => $level->getShopVariantId(), 'ok' => true]);
        }

        return new Wire\ReportPricesResponse(['results' => $results]);
    }

    private function pullOrders(Wire\PullOrdersRequest $request): Wire\PullOrdersResponse
    {
        return new Wire\PullOrdersResponse(['entries' => array_values($this->entries), 'more' => false]);
    }

    private function acknowledgeOrders(Wire\AcknowledgeOrdersRequest $request): Wire\AcknowledgeOrdersResponse
    {
        foreach ($request->getAcknowledgements() as $said) {
            $this->acknowledged[] = $said;
            $this->entries = array_filter($this->entries, static function (Wire\OrderEntry $entry) use ($said): bool {
                return $entry->getEntryId() !== $said->getEntryId();
            });
        }

        return new Wire\AcknowledgeOrdersResponse();
    }

    private function judge(string $variant, int $number): string
    {
        if (!in_array($variant, array_merge([], ...array_values($this->products)), true)) {
            return 'UNKNOWN_VARIANT';
        }

        return $number > ($this->numbers[$variant] ?? 0) ? '' : 'STALE_SEQUENCE';
    }
}
