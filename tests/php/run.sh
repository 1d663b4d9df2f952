#!/usr/bin/env bash
# The PHP tests; ends with one line: N passed, N failed, N skipped. Arguments narrow them: run.sh Frame Outbox
# MESCHAIN_TEST_GRPC, MESCHAIN_TEST_HTTP and MESCHAIN_TEST_KEY name a running server; without them the built one is started.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec php -d zend.assertions=1 -d error_reporting=32767 -d display_errors=1 tests/php/run.php "$@"
