/// A made log of a recommender, whose truth is known.
///
/// Users ask, a policy sorts ten items by the click it expects, and the log keeps what happened:
/// click, then cart, then purchase; like, share and watch time on clicks. Every number is a
/// function of the seed and its place (`RandomSource`), so a log has the same bytes wherever,
/// whenever and on however many threads it is made, and any row can be made alone.
public struct SyntheticLog: Sendable {
  /// Its size.
  public let preset: SyntheticPreset
  /// Its seed.
  public let seed: UInt64
  /// How many rows it has.
  public var impressions: Int { requests.count * SyntheticDesign.slots }
  let requests: SyntheticRequests
  /// How the rows of a huge log are written; nil for the others.
  private let wide: WideColumns?

  /// Draws the users and items; rows are made when asked for.
  ///
  /// Of a huge log `rows` says how many, a multiple of ten; the other sizes have their own number.
  public init(preset: SyntheticPreset, seed: UInt64, rows: Int? = nil) {
    self.init(preset: preset, seed: seed, rows: rows, design: preset.design)
  }

  /// Draws by other laws than those of the size.
  init(preset: SyntheticPreset, seed: UInt64, rows: Int? = nil, design: SyntheticDesign) {
    precondition(
      rows.map { Self.accepts(rows: $0, of: preset) } ?? true, "\(rows ?? 0) rows of \(preset)")
    self.preset = preset
    self.seed = seed
    let count = rows.map { $0 / SyntheticDesign.slots } ?? preset.requests
    requests = SyntheticRequests(
      preset.population(requests: count), count: count, seed: seed, design: design)
    wide = preset == .huge ? WideColumns(of: requests, seed: seed) : nil
  }

  /// Whether a log of this size may have so many rows.
  public static func accepts(rows: Int, of preset: SyntheticPreset) -> Bool {
    preset == .huge && mostRows.contains(rows) && rows % SyntheticDesign.slots == 0
  }

  /// How many rows a huge log may have: up to a number to which the bounds of its truth are proven.
  public static let mostRows = SyntheticDesign.slots...1_000_000_000

  /// The whole `log.csv`, header first.
  public func csv() -> [UInt8] {
    var text = header
    text.reserveCapacity(100 * (impressions + 2))
    for request in 0..<requests.count {
      appendRows(ofRequest: request, to: &text)
    }
    return text
  }
}

// MARK: - Rows
extension SyntheticLog {
  static let columns = [
    "user", "item", "category", "author", "segment", "device", "slot", "hour", "is_rand",
    "price", "freshness", "activity", "duration", "price_sensitivity",
    "click", "cart", "purchase", "like", "share", "watch", "split",
  ]

  /// The first line.
  var header: [UInt8] {
    Array(((wide == nil ? Self.columns : WideColumns.names).joined(separator: ",") + "\n").utf8)
  }

  /// Appends the ten rows of a request.
  ///
  /// - Returns: what the rows tell and hide.
  @discardableResult
  func appendRows(ofRequest request: Int, to text: inout [UInt8]) -> [SyntheticImpression] {
    let rows = requests(request)
    var line = CSVLine(text: text)
    text = []  // so that the line owns the bytes and grows them in place
    if let wide {
      wide.append(rows, of: requests, to: &line)
    } else {
      for row in rows { append(row, to: &line) }
    }
    text = line.text
    return rows
  }

  private func append(_ row: SyntheticImpression, to line: inout CSVLine) {
    let (user, item) = (requests.world.users[row.user], requests.world.items[row.item])
    line.field(row.user)
    line.field(row.item)
    line.field(item.category)
    line.field(item.author)
    line.field(user.segment.rawValue)
    line.field(SyntheticDesign.devices[row.device])
    line.field(row.slot)
    line.field(requests.hour(ofRequest: row.request))
    line.field(row.isRandom ? 1 : 0)
    line.field(item.price.count, decimals: 2)
    line.field(item.freshness.count, decimals: 2)
    line.field(user.activity.count, decimals: 2)
    line.field(item.duration)
    line.field(user.sensitivity.count, decimals: 2)
    line.outcomes(row.outcome, split: requests.split(ofRequest: row.request).rawValue)
  }
}

/// Lines of CSV being written: whole numbers and fixed decimals only, so nothing needs quotes.
struct CSVLine: ~Copyable {
  private(set) var text: [UInt8]

  /// Goes on after some text.
  init(text: consuming [UInt8]) { self.text = text }

  mutating func field(_ word: String) {
    text.append(contentsOf: word.utf8)
    text.append(UInt8(ascii: ","))
  }

  /// A number given in units of its last decimal: 1234 with 2 decimals is 12.34.
  mutating func field(_ number: Int, decimals: Int = 0) {
    appendFixed(number, decimals: decimals, to: &text)
    text.append(UInt8(ascii: ","))
  }

  /// 64 bits as 16 hexadecimal digits.
  mutating func field(hexadecimal bits: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: bits >> UInt64(shift)) & 15
      text.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
    }
    text.append(UInt8(ascii: ","))
  }

  /// Fields that are written already, each with its comma.
  mutating func append(_ fields: ArraySlice<UInt8>) { text.append(contentsOf: fields) }

  /// The labels and the split, which end the line.
  mutating func outcomes(_ outcome: SyntheticOutcome, split: String) {
    for task in SyntheticTask.allCases where task != .watch {
      field(outcome.happened(task) ? 1 : 0)
    }
    field(outcome.watchTenths, decimals: 1)
    field(split)
    end()
  }

  /// Turns the last comma into the end of the line.
  mutating func end() { text[text.count - 1] = UInt8(ascii: "\n") }
}

/// Appends a number given in units of its last decimal; −5 with 2 decimals is -0.05.
func appendFixed(_ number: Int, decimals: Int, to text: inout [UInt8]) {
  if number < 0 { text.append(UInt8(ascii: "-")) }
  // The unit of the first digit, and how many digits there are: at least one before the point.
  var (unit, digits): (UInt, Int) = (1, 1)
  while digits <= decimals || number.magnitude / unit >= 10 {
    unit *= 10
    digits += 1
  }
  var rest = number.magnitude
  while digits > 0 {
    if digits == decimals { text.append(UInt8(ascii: ".")) }
    text.append(UInt8(ascii: "0") + UInt8(rest / unit))
    rest %= unit
    unit /= 10
    digits -= 1
  }
}
