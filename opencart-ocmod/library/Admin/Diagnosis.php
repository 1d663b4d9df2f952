<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\AfterResponse;
use MesChain\App;
use MesChain\Grpc\Http2Transport;
use MesChain\Grpc\ProtobufRuntime;

/** What of this host matters to us, each with a dot and, where it is not green, what to do. */
final class Diagnosis
{
    private const CRON_LATE_SECONDS = 600;

    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
    }

    /** @return array<int, array{dot: string, title: string, text: string}> */
    public function rows(): array
    {
        $state = $this->app->state();
        $clash = ProtobufRuntime::clash();
        $tables = $this->app->engines()->notTransactional();
        $skew = abs(time() - (int)$this->app->shop()->db()->value('SELECT UNIX_TIMESTAMP()'));
        $cron = $state->int('cron.ran_s');
        $knock = $state->int('knock.heard_s');
        $depth = $this->app->outbox()->depth();
        $age = $depth['oldest_s'] === null ? 0 : time() - $depth['oldest_s'];
        $exposed = $this->app->keys()->isBelow($this->app->shop()->webRoot());

        return [
            $this->row('php', 'success', PHP_VERSION),
            $this->row('curl', 'success', curl_version()['version'] . ', ' . curl_version()['ssl_version']),
            $this->row('http2', 'success', $this->texts->get(Http2Transport::isPossible() ? 'diagnosis_http2_yes' : 'diagnosis_http2_no')),
            $this->row('runtime', $clash === '' ? 'success' : 'danger', $clash === '' ? $this->texts->get('diagnosis_runtime_own') : $clash),
            $this->row('clock', $skew <= 5 ? 'success' : 'warning', $this->texts->get('diagnosis_clock_' . ($skew <= 5 ? 'good' : 'off'), $skew)),
            $this->row('tables', $tables === [] ? 'success' : 'danger', $tables === [] ? $this->texts->get('diagnosis_tables_good') : $this->texts->get('diagnosis_tables_bad', implode(', ', $tables))),
            $this->row('outbox', $age < self::CRON_LATE_SECONDS ? 'success' : 'danger', $depth['depth'] === 0
                ? $this->texts->get('clock_outbox_none') : $this->texts->get('clock_outbox_some', $depth['depth'], $this->texts->age($age))),
            $this->row('after', AfterResponse::isPossible() ? 'success' : 'warning', $this->texts->get(AfterResponse::isPossible() ? 'diagnosis_after_yes' : 'diagnosis_after_no')),
            $this->row('cron', time() - $cron < self::CRON_LATE_SECONDS ? 'success' : 'warning', $cron === 0 ? $this->texts->get('diagnosis_cron_never') : $this->texts->get('diagnosis_cron_at', $this->texts->time($cron))),
            $this->row('knock', $knock > 0 ? 'success' : 'secondary', $knock === 0 ? $this->texts->get('diagnosis_knock_never') : $this->texts->get('diagnosis_knock_at', $this->texts->time($knock))),
            $this->row('key', $exposed ? 'danger' : 'success', $this->texts->get($exposed ? 'diagnosis_key_exposed' : 'diagnosis_key_safe')),
        ];
    }

    /** @return array{dot: string, title: string, text: string} */
    private function row(string $name, string $dot, string $text): array
    {
        return ['dot' => $dot, 'title' => $this->texts->get('diagnosis_' . $name), 'text' => $text];
    }
}
