<?php
declare(strict_types=1);

namespace MesChain\Tests\Grpc;

use MesChain\Grpc\Frame;
use MesChain\Tests\Support\Check;

final class FrameTest
{
    public function messages_cut_at_any_byte_are_put_together(Check $check): void
    {
        $bytes = Frame::wrap('first') . Frame::wrap('') . Frame::wrap(str_repeat('x', 300));
        for ($size = 1; $size <= strlen($bytes); $size++) {
            $frame = new Frame(1000);
            $messages = [];
            foreach (str_split($bytes, $size) as $part) {
                foreach ($frame->take($part) as [, $message]) {
                    $messages[] = $message;
                }
            }
            $check->same(['first', '', str_repeat('x', 300)], $messages, 'in pieces of ' . $size);
            $check->true($frame->isWhole(), 'nothing is left');
        }
    }

    public function an_answer_that_ends_within_a_message_is_not_whole(Check $check): void
    {
        $frame = new Frame(1000);
        $frame->take(substr(Frame::wrap('first'), 0, -1));
        $check->same(false, $frame->isWhole());
    }

    public function a_message_above_the_limit_is_refused_before_it_is_read(Check $check): void
    {
        $check->throws(\UnexpectedValueException::class, static function (): void {
            (new Frame(10))->take("\0\x00\x00\x00\x0b");
        });
    }

    public function a_compressed_message_is_refused(Check $check): void
    {
        $check->throws(\UnexpectedValueException::class, static function (): void {
            (new Frame(10))->take("\1\x00\x00\x00\x01");
        });
    }
}
