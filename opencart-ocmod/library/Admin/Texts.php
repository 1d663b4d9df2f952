<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\Grpc\CallFailed;

/** The page's language, and how values are shown in it. Times are always Istanbul's. */
final class Texts
{
    /** @var callable(string): string */
    private $get;

    /** @param callable(string): string $get OpenCart's language: answers the key itself where there is no text */
    public function __construct(callable $get)
    {
        $this->get = $get;
    }

    /** @param int|string ...$values */
    public function get(string $key, ...$values): string
    {
        $text = ($this->get)($key);

        return $values === [] ? $text : vsprintf($text, $values);
    }

    /** The text of `$key`, or of `$otherwise` where there is none. */
    public function firstOf(string $key, string $otherwise): string
    {
        $text = $this->get($key);

        return $text === $key ? $otherwise : $text;
    }

    public function time(?int $unix): string
    {
        if ($unix === null || $unix <= 0) {
            return $this->get('text_never');
        }

        return (new \DateTime('@' . $unix))->setTimezone(new \DateTimeZone('Europe/Istanbul'))->format('d.m.Y H:i');
    }

    /** "12 sn", "5 dk", "3 saat", "2 gün" */
    public function age(int $seconds): string
    {
        if ($seconds < 120) {
            return $this->get('text_seconds', max(0, $seconds));
        }
        if ($seconds < 7200) {
            return $this->get('text_minutes', intdiv($seconds, 60));
        }

        return $seconds < 172800 ? $this->get('text_hours', intdiv($seconds, 3600)) : $this->get('text_days', intdiv($seconds, 86400));
    }

    public function duration(int $ms): string
    {
        return $ms < 1000 ? $this->get('text_below_second') : $this->age(intdiv($ms + 500, 1000));
    }

    /** 129990 is "1.299,90 TL". */
    public function money(int $minor): string
    {
        return number_format($minor / 100, 2, ',', '.') . ' TL';
    }

    /** A failed call as a sentence for the owner; plain text, with the server's words in it. */
    public function failure(CallFailed $failure): string
    {
        $known = $failure->reason() === '' ? '' : $this->firstOf('reason_' . strtolower($failure->reason()), '');
        if ($known === '' && $failure->isOutage()) {
            return $this->get('failure_unreachable');
        }
        $text = $known !== '' ? $known : $this->firstOf('failure_' . strtolower($failure->codeName()), $this->get('failure_other'));
        $details = [];
        foreach ($failure->fieldViolations() as $field => $what) {
            $details[] = $field . ': ' . $what;
        }
        if ($known === '' && $details === []) {
            $details[] = $failure->codeName() . ' ' . $failure->reason();
        }

        return $text . ($details === [] ? '' : ' (' . implode('; ', $details) . ')');
    }
}
