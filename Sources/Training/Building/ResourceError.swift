import Datasets

/// Why a run cannot be made on this machine.
///
/// Cases carry the facts; ``description`` words them.
public enum ResourceError: Error, Equatable, CustomStringConvertible {
  /// What takes how many bytes.
  public struct Part: Sendable, Equatable {
    /// What it is.
    public var what: String
    /// How many bytes.
    public var bytes: Double
  }

  /// More bytes are needed than there are.
  case memory(model: String, needed: Double, available: Double, limit: String, parts: [Part])
  /// More rows are put in order at once than 32 bits number.
  case rows(model: String, count: Int, most: Int)

  /// Where, what, what was found, how to mend it.
  public var description: String {
    switch self {
    case .memory(let model, let needed, let available, let limit, let parts):
      """
      \(printable(model)): the run needs about \(Self.text(needed)) of memory, \
      \(Self.text(available)) are available (\(limit)).
        found: \(parts.filter { $0.bytes > needed / 100 }.map { "\($0.what) \(Self.text($0.bytes))" }
        .joined(separator: ", "))
        fix:   lower --embedding, --batch, --threads or the model's sizes, or raise minimumCount of \
      the largest columns
      """
    case .rows(let model, let count, let most):
      """
      \(printable(model)): too many training rows are shuffled at once.
        found: \(count) rows, \(most) are the most
        fix:   pack the data (data pack SCHEMA --out DIR), and shuffle within windows: --data DIR \
      --window \(1 << 20)
      """
    }
  }

  /// Bytes in the largest unit that leaves a number from 1 on.
  static func text(_ bytes: Double) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (number, unit) = (max(0, bytes), 0)
    while number >= 1024, unit < units.count - 1 {
      number /= 1024
      unit += 1
    }
    let rounded =
      unit == 0 || number >= 100 ? "\(Int(number.rounded()))" : "\((number * 10).rounded() / 10)"
    return "\(rounded) \(units[unit])"
  }
}
