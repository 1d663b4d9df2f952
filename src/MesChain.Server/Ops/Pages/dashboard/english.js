// The causes and fixes of issues come from the server in English, so they are not repeated here.
export const english = {
  leave: 'Log out', skip: 'Skip to content', store: 'Store', clocks: 'Overview', zone: 'All times are Turkish time.',
  sandbox: 'Test marketplace (simulator)', api: 'Interface for programmers',
  offers: 'Latest stock changes', offersHint: 'Open a row to see intended, confirmed and shown quantity side by side.',
  orders: 'Orders coming in', ordersHint: 'Orders read from the marketplaces, and what they became in your shop.',
  connections: 'Connections', issues: 'To do',
  seconds: 's', minutes: 'min', hours: 'h', days: 'd', ago: '{0} ago', none: 'none',

  freshNow: 'As of {0}', freshOld: 'Not updated since {0}: the server cannot be reached', freshFirst: 'Reading…',
  freshHidden: 'Tab in the background, the page waits', refused: 'The server refused: {0}',
  noStore: 'There is no store on this server yet. Add one, and enter its address and key in the MesChain settings of OpenCart.',
  newStore: 'Add a store', newStoreWhat: 'Each OpenCart shop is a store. Type its name; you get the address and the key with which the shop connects.',
  newStoreName: 'Name of the store', newStoreMake: 'Add', cancel: 'Cancel', newStoreTaken: 'There is a store of this name. Type another one.',
  newStoreDone: 'The store was added', newStoreNext: 'Enter both in OpenCart\'s admin, on the page MesChain → Settings.',
  newStoreAddress: 'Server address', newStoreKey: 'Key', newStoreOnce: 'The key is shown only now; if it is lost, a new one is given.',
  newStoreKept: 'Copied, close', copy: 'Copy', copied: 'Copied',

  clockWaiting: 'Oldest unconfirmed change', clockWaitingNone: 'Nothing waits',
  clockWaitingSome: '{0} changes are under way', clockWaitingNotLive: '{0} products wait; not sent because no connection is live',
  clockTravel: 'From shop to marketplace', clockTravelNone: 'No change was confirmed in the last hour',
  clockTravelSome: 'Half of the changes were confirmed in this time, 95 of 100 within {0}',
  clockOrders: 'Order lag', clockOrdersNone: 'No order waits, {0} came in today',
  clockOrdersSome: '{0} not yet taken by the shop', clockOrdersLate: '{0} not taken by the shop: see whether the shop is up',
  clockReceipts: 'Batches without an answer', clockReceiptsNone: 'The marketplaces answered all',
  clockReceiptsSome: 'The oldest was sent {0}: accepted, not yet applied',
  clockConfirmed: 'Last confirmation', clockConfirmedNever: 'No marketplace has confirmed a change yet',
  clockConfirmedSome: '{0}: last confirmed {1}', clockConfirmedLate: '{0} confirmed a change {1}, and others wait',

  offersNone: 'No change was sent yet. Once products are linked and a connection is live, every stock change appears here, with the marketplace\'s confirmation.',
  ordersNone: 'No order yet. An order placed at the marketplace (or in the simulator) appears here within seconds.',
  connectionsNone: 'No connection yet. Add one in your shop\'s admin under MesChain → Marketplace accounts; trying it with the simulator is free.',
  issuesNone: 'Nothing to do. When something goes wrong, its cause and its fix stand here.',

  sentenceSame: '{0}: {1} units', sentence: '{0}: {1} units, should be {2}', sentenceUnknown: '{0}: should be {1} units, not confirmed yet',
  intended: 'Intended', lastSent: 'Last confirmed', channel: 'At the marketplace', version: 'change {0}', readAt: 'read {0}', notRead: 'not read yet',
  confirmed: 'confirmed', barcode: 'barcode {0}',
  offer_clean: 'fine', offer_dirty: 'to be sent', offer_held: 'waits for you', offer_in_flight: 'being sent', offer_awaiting: 'waiting for the answer',
  offer_uncertain: 'being checked', offer_readback: 'being read back', offer_failed: 'refused', offer_diverged: 'differs',

  units: '{0} units', trial: 'TEST', inShop: 'Number {0} in the shop', waitsForShop: 'Waiting for the shop to take it', history: 'History, not handed to the shop',
  package_awaiting: 'awaiting payment', package_new: 'to be prepared', package_picking: 'being picked', package_invoiced: 'invoiced', package_shipped: 'shipped',
  package_delivered: 'delivered', package_undelivered: 'could not be delivered', package_returned: 'came back', package_cancelled: 'cancelled', package_superseded: 'split', package_unknown: 'unknown status',

  mode_shadow: 'shadow (sends nothing)', mode_live: 'live', mode_paused: 'paused', sandboxBadge: 'test', seller: 'seller {0}',
  health_draft: 'The connection was not tested yet.', health_ok: 'Works; orders read {0}.', health_degraded: 'No orders could be read for 15 minutes; stock is only lowered.',
  health_guarded: 'No orders could be read for 60 minutes; stock is only lowered.', health_needs_reauth: 'The marketplace refuses the key. Enter the new one.',
  health_paused: 'Stopped; the stock at the marketplace stays as it is.', health_reading: 'Orders are being read for the first time.',
  test: 'Test the connection', testing: 'Asking the marketplace three questions…', passed: 'fine', failed: 'failed', notAsked: 'not asked',
  probe_reach: 'Does the address answer', probe_credential: 'Is the key accepted', probe_orders: 'May it read orders',

  waveExample: '{0}: {1} on sale', waveReject: 'Keep them on sale', waveRelease: 'Let them go to zero', waveHint: '{0} of {1} products on sale would go to zero.',
  resolve: 'Take off the list', resolveHint: 'If its cause is still there it comes back by itself.', times: '{0} ×, last {1}', about: 'About: {0}', says: 'The marketplace says: “{0}”',
};
