import ArgumentParser
import Datasets
import Training

/// What `bench --cluster` is asked: `ranks=64,latency=2us,bandwidth=12GB/s`, or `local`.
enum ClusterWish: Equatable {
  /// Ranks over a wire of these figures.
  case cluster(ranks: Int, wire: ClusterWire)
  /// Ranks that are threads of this process, which are measured as well.
  case local

  /// Ranks at most.
  static let mostRanks = 16_384

  /// Reads what was asked.
  ///
  /// - Throws: `ValidationError` that says what was found and what is expected.
  init(_ text: String) throws(ValidationError) {
    guard text != "local" else {
      self = .local
      return
    }
    var values: [String: Substring] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pair[0])
      guard Self.keys.contains(name) else {
        throw Self.error("'\(printable(name))' is no part of it")
      }
      guard pair.count == 2, values.updateValue(pair[1], forKey: name) == nil else {
        throw Self.error("\(name) must be given a value, once")
      }
    }
    if let missing = Self.keys.first(where: { values[$0] == nil }) {
      throw Self.error("\(missing) is missing")
    }
    self = .cluster(
      ranks: try Self.ranks(values["ranks"] ?? ""),
      wire: ClusterWire(
        latency: try Self.number(
          "latency", values["latency"] ?? "", Self.times, 0...60, "0 s to 60 s"),
        bandwidth: try Self.number(
          "bandwidth", values["bandwidth"] ?? "", Self.rates, 1...1e15, "1 B/s to 1000000 GB/s")))
  }

  private static let keys = ["ranks", "latency", "bandwidth"]
  /// Units by their seconds.
  private static let times = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1)]
  /// Units by their bytes a second; those of bits are what networks are sold by.
  private static let rates = [
    ("Gbit/s", 1.25e8), ("Mbit/s", 1.25e5), ("GB/s", 1e9), ("MB/s", 1e6), ("kB/s", 1e3),
    ("B/s", 1.0),
  ]

  private static func ranks(_ text: Substring) throws(ValidationError) -> Int {
    guard let ranks = Int(text), (1...mostRanks).contains(ranks) else {
      throw error("ranks must be from 1 to \(mostRanks), found '\(printable(String(text)))'")
    }
    return ranks
  }

  /// A number with a unit behind it, without a space; `rangeWords` say what lies in the range.
  private static func number(
    _ name: String, _ text: Substring, _ units: [(name: String, value: Double)],
    _ range: ClosedRange<Double>, _ rangeWords: String
  ) throws(ValidationError) -> Double {
    let known = units.map(\.name).joined(separator: ", ")
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      let digits = Double(text.dropLast(unit.name.count))
    else {
      throw error(
        "\(name) must be a number with a unit (\(known)), found '\(printable(String(text)))'")
    }
    guard range.contains(digits * unit.value) else {
      throw error("\(name) must be from \(rangeWords), found '\(printable(String(text)))'")
    }
    return digits * unit.value
  }

  private static func error(_ what: String) -> ValidationError {
    ValidationError(
      "--cluster: \(what). It is ranks=64,latency=2us,bandwidth=12GB/s, or local.")
  }
}
