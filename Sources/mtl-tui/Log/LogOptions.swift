import ArgumentParser
import Runs

/// Where events are written besides.
struct LogOptions: ParsableArguments {
  @Option(
    help: "Write every event into this file, as one JSON object a line (what train --json prints).",
    completion: .file())
  var log: String?
  @Option(help: "How large it may become before it is FILE.1: bytes, or as in 500kB, 10MB, 1GB.")
  var logSize = LogSize(bytes: 10_000_000)
  @Option(help: "How many earlier files, FILE.1 and so on, are kept.") var logKeep = 3

  func validate() throws {
    try TrainingOptions.check("--log-keep", logKeep, 0...1_000)
    if let log, log.isEmpty { throw ValidationError("--log needs a file.") }
  }

  /// The log; nil where none is wanted.
  var eventLog: EventLog? {
    log.map {
      EventLog(
        RotatingFile(DataFiles.expandingHome($0), mostBytes: logSize.bytes, kept: logKeep))
    }
  }

  /// A run, logged if a log is wanted.
  static func logged(_ link: any TrainingLink, into log: EventLog?) -> any TrainingLink {
    log.map { LoggedLink(link, into: $0) } ?? link
  }
}

/// A size in bytes as a person writes it.
struct LogSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
  let bytes: Int

  private static let units = [("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)]

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let text = argument.uppercased()
    let unit = Self.units.first { text.hasSuffix($0.0.uppercased()) }
    let digits = text.dropLast(unit?.0.count ?? 0)
    guard let number = Int(digits), number > 0 else { return nil }
    let (bytes, overflows) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
    guard !overflows, bytes >= 1_000 else { return nil }
    self.bytes = bytes
  }

  /// As it is written.
  var description: String {
    let unit = Self.units.dropLast().reversed().first { bytes.isMultiple(of: $0.1) }
    return unit.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)"
  }

  /// For help.
  var defaultValueDescription: String { description }
}
