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
  let requests: SyntheticRequests

  /// Draws the users and items; rows are made when asked for.
  public init(preset: SyntheticPreset, seed: UInt64) {
    self.init(preset: preset, seed: seed, design: preset.design)
  }

  /// Draws by other laws than those of the size.
  init(preset: SyntheticPreset, seed: UInt64, design: SyntheticDesign) {
    self.preset = preset
    self.seed = seed
    requests = SyntheticRequests(preset: preset, seed: seed, design: design)
  }

  /// The whole `log.csv`, header first.
  public func csv() -> [UInt8] {
    var text = Self.header
    text.reserveCapacity(100 * (preset.impressions + 2))
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

  static var header: [UInt8] { Array((columns.joined(separator: ",") + "\n").utf8) }

  /// Appends the ten rows of a request.
  func appendRows(ofRequest request: Int, to text: inout [UInt8]) {
    var line = CSVLine(text: text)
    text = []  // so that the line owns the bytes and grows them in place
    for row in requests(request) { append(row, to: &line) }
    text = line.text
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
    for task in SyntheticTask.allCases where task != .watch {
      line.field(row.outcome.happened(task) ? 1 : 0)
    }
    line.field(row.outcome.watchTenths, decimals: 1)
    line.field(requests.split(ofRequest: row.request).rawValue)
    line.end()
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

  /// Turns the last comma into the end of the line.
  mutating func end() { text[text.count - 1] = UInt8(ascii: "\n") }
}

/// Appends a number given in units of its last decimal; −5 with 2 decimals is -0.05.
func appendFixed(_ number: Int, decimals: Int, to text: inout [UInt8]) {
  if number < 0 { text.append(UInt8(ascii: "-")) }
  var rest = number.magnitude
  let start = text.count
  repeat {
    text.append(UInt8(ascii: "0") + UInt8(rest % 10))
    rest /= 10
    if text.count - start == decimals { text.append(UInt8(ascii: ".")) }
  } while rest > 0 || (decimals > 0 && text.count - start < decimals + 2)
  text[start...].reverse()
}
