internal import Tensors

/// The 40 columns of a huge log: those of the other logs, and 19 that say nothing about what happens.
///
/// What a user, an item or a request has is a function of the seed and its number, so that the text of
/// an item is made once and the text of a request once for its ten rows.
struct WideColumns: Sendable {
  /// Those of a request and its user, then of an item, then of a row.
  static let names = requestNames + itemNames + rowNames
  /// The columns that have no part in any chance.
  static let withoutInfluence = [
    "session", "query", "referrer", "weekday", "app_version", "country", "city", "language",
    "age_band", "membership", "tenure", "brand", "shop", "tag_1", "tag_2", "rating", "item_age",
    "discount", "distance",
  ]
  private static let requestNames = [
    "user", "segment", "device", "hour", "is_rand", "activity", "price_sensitivity", "session",
    "query", "referrer", "weekday", "app_version", "country", "city", "language", "age_band",
    "membership", "tenure",
  ]
  private static let itemNames = [
    "item", "category", "author", "price", "freshness", "duration", "brand", "shop", "tag_1",
    "tag_2", "rating", "item_age", "discount",
  ]
  private static let rowNames = [
    "slot", "distance", "click", "cart", "purchase", "like", "share", "watch", "split",
  ]

  private let draws: WideDraws
  /// The text of every item, one behind the other, and where each begins; one more at the end.
  private let itemTexts: [UInt8]
  private let itemStarts: [Int]

  /// Writes the items' texts.
  init(of requests: SyntheticRequests, seed: UInt64) {
    let draws = WideDraws(seed: seed)
    var line = CSVLine(text: [])
    var starts = [0]
    for (number, item) in requests.world.items.enumerated() {
      Self.append(item, number, draws, to: &line)
      starts.append(line.text.count)
    }
    self.draws = draws
    itemTexts = line.text
    itemStarts = starts
  }

  /// Appends the ten rows of a request.
  func append(_ rows: [SyntheticImpression], of requests: SyntheticRequests, to line: inout CSVLine)
  {
    guard let first = rows.first else { return }
    let start = line.text.count
    appendRequest(of: first, requests, to: &line)
    // A copy: fields that are appended from the text itself would copy all of it.
    let request = Array(line.text[start...])
    let split = requests.split(ofRequest: first.request).rawValue
    for row in rows {
      if row.slot > 1 { line.append(request[...]) }
      line.append(itemTexts[itemStarts[row.item]..<itemStarts[row.item + 1]])
      line.field(row.slot)
      line.field(draws.distance(of: row), decimals: 3)
      line.outcomes(row.outcome, split: split)
    }
  }
}

// MARK: - Of a request, of an item
extension WideColumns {
  private func appendRequest(
    of row: SyntheticImpression, _ requests: SyntheticRequests, to line: inout CSVLine
  ) {
    let user = requests.world.users[row.user]
    let (u, r) = (UInt64(row.user), UInt64(row.request))
    line.field(row.user)
    line.field(user.segment.rawValue)
    line.field(SyntheticDesign.devices[row.device])
    line.field(requests.hour(ofRequest: row.request))
    line.field(row.isRandom ? 1 : 0)
    line.field(user.activity.count, decimals: 2)
    line.field(user.sensitivity.count, decimals: 2)
    line.field(hexadecimal: draws.session.bits(r))
    line.field(draws.query.headed(100_000, r))
    line.field(Self.referrers[draws.referrer.headed(Self.referrers.count, r)])
    line.field(Self.weekdays[requests.day(ofRequest: row.request) % 7])
    line.field(400 + draws.appVersion.headed(40, r), decimals: 2)
    line.field(Self.countries[draws.country.headed(Self.countries.count, u)])
    line.field(draws.city.headed(5_000, u))
    line.field(Self.languages[draws.language.headed(Self.languages.count, u)])
    line.field(Self.ageBands[draws.ageBand.index(below: Self.ageBands.count, u)])
    line.field(Self.memberships[draws.membership.headed(Self.memberships.count, u)])
    line.field(draws.tenure.headed(3_650, u))
  }

  private static func append(
    _ item: SyntheticItem, _ number: Int, _ draws: WideDraws, to line: inout CSVLine
  ) {
    let i = UInt64(number)
    line.field(number)
    line.field(item.category)
    line.field(item.author)
    line.field(item.price.count, decimals: 2)
    line.field(item.freshness.count, decimals: 2)
    line.field(item.duration)
    line.field(draws.brand.headed(2_000, i))
    line.field(draws.shop.headed(20_000, i))
    line.field(draws.firstTag.headed(300, i))
    line.field(draws.secondTag.headed(300, i))
    line.field(100 + draws.rating.index(below: 401, i), decimals: 2)
    line.field(draws.itemAge.headed(1_000, i))
    line.field(draws.discount.index(below: 91, i), decimals: 2)
  }

  private static let referrers = [
    "home", "search", "category", "related", "basket", "mail", "push", "campaign",
  ]
  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let languages = [
    "en", "es", "pt", "hi", "id", "de", "fr", "ja", "ko", "it", "tr", "pl",
  ]
  private static let ageBands = [
    "under-18", "18-24", "25-34", "35-44", "45-54", "55-64", "over-64",
  ]
  private static let memberships = ["none", "basic", "premium"]
  private static let countries = [
    "US", "IN", "BR", "ID", "MX", "JP", "DE", "PH", "VN", "TR", "GB", "FR", "TH", "IT", "ES", "KR",
    "PL", "CO", "AR", "CA", "EG", "NG", "PK", "BD", "ZA", "AU", "NL", "MY", "PE", "CL", "SE", "BE",
    "GR", "CZ", "PT", "HU", "AT", "CH", "DK", "FI",
  ]
}

/// The streams that the columns without influence draw from.
private struct WideDraws: Sendable {
  let session, query, referrer, appVersion: RandomSource
  let country, city, language, ageBand, membership, tenure: RandomSource
  let brand, shop, firstTag, secondTag, rating, itemAge, discount, distanceSource: RandomSource

  /// The streams under a seed.
  init(seed: UInt64) {
    func source(_ stream: SyntheticStream) -> RandomSource { stream.source(seed: seed) }
    (session, query) = (source(.session), source(.query))
    (referrer, appVersion) = (source(.referrer), source(.appVersion))
    (country, city, language) = (source(.country), source(.city), source(.language))
    (ageBand, membership, tenure) = (source(.ageBand), source(.membership), source(.tenure))
    (brand, shop) = (source(.brand), source(.shop))
    (firstTag, secondTag) = (source(.firstTag), source(.secondTag))
    (rating, itemAge, discount) = (source(.rating), source(.itemAge), source(.discount))
    distanceSource = source(.distance)
  }

  /// Thousandths from 0 up to 100, most of them small.
  func distance(of row: SyntheticImpression) -> Int {
    distanceSource.headed(100_000, UInt64(row.request), UInt64(row.slot))
  }
}

extension RandomSource {
  /// A whole number in 0..<bound of which small ones are frequent: ⌊u³ · bound⌋.
  fileprivate func headed(_ bound: Int, _ i: UInt64, _ j: UInt64 = 0) -> Int {
    let u = uniform(i, j)
    return Int(u * u * u * Double(bound))
  }
}
