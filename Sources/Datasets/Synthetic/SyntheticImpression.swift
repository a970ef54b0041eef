/// One row: an item in a slot of a request, what could happen, and what did.
struct SyntheticImpression: Sendable {
  var request: Int
  var user: Int
  var item: Int
  var device: Int
  /// The place in the list, from 1.
  var slot: Int
  var isRandom: Bool
  var chances = SyntheticChances()
  var outcome = SyntheticOutcome()
}

/// The true probabilities of an impression; all but the click's are conditional.
struct SyntheticChances: Sendable {
  /// P(click).
  var click = 0.0
  /// P(cart | click).
  var cart = 0.0
  /// P(purchase | cart).
  var purchase = 0.0
  /// P(like | click).
  var like = 0.0
  /// P(share | click).
  var share = 0.0
  /// μ of ln(watch / duration) ~ N(μ, 0.7²) before the cap, given a click.
  var watch = 0.0

  /// P(purchase | click), the conversion rate.
  var conversion: Double { cart * purchase }

  /// P(task = 1) over all impressions, as the log has it; nil for watch.
  func whole(_ task: SyntheticTask) -> Double? {
    switch task {
    case .click: click
    case .cart: click * cart
    case .purchase: click * conversion
    case .like: click * like
    case .share: click * share
    case .watch: nil
    }
  }
}

/// What happened, and what would have happened had the item been clicked.
struct SyntheticOutcome: Sendable {
  var click = false
  var cart = false
  var purchase = false
  var like = false
  var share = false
  /// Watch time in tenths of a second; 0 without a click.
  var watchTenths = 0
  /// A purchase had the item been clicked: known to the truth file only.
  var potentialPurchase = false

  /// The label of a binary task; for watch, whether there was any.
  func happened(_ task: SyntheticTask) -> Bool {
    switch task {
    case .click: click
    case .cart: cart
    case .purchase: purchase
    case .like: like
    case .share: share
    case .watch: watchTenths > 0
    }
  }
}
