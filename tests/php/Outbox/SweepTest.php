<?php
declare(strict_types=1);

namespace MesChain\Tests\Outbox;

use MesChain\Outbox\Sent;
use MesChain\Outbox\Sweep;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Rig;

final class SweepTest
{
    public function a_change_that_no_event_told_of_is_found(Check $check): void
    {
        $rig = new Rig();
        $rig->outbox->markAll();
        $rig->flusher()->flush(5000);
        $sweep = new Sweep($rig->shop->db(), $rig->state, $rig->reader(), new Sent($rig->shop->db()), $rig->outbox);
        $check->same(0, $sweep->step(), 'nothing differs');
        // An ERP writes SQL; a special begins; a product is deleted; one is new.
        $rig->shop->db()->run('UPDATE {product} SET quantity = 1 WHERE product_id = 40');
        $rig->shop->db()->run('DELETE FROM {product} WHERE product_id = 41');
        $rig->shop->db()->run("INSERT INTO {product} (product_id, model, quantity, price) VALUES (50, 'YENI', 3, 10)");
        $rig->state->set('sweep.began_s', '0');
        $check->same(3, $sweep->step());
        $rig->flusher()->flush(5000);
        $check->same(1, $rig->backbone->stock['40']);
        $check->same(3, $rig->backbone->stock['50']);
        $check->same(false, isset($rig->backbone->products['41']));
    }
}
