import ArgumentParser
import Datasets
import Foundation
import Runs

/// `mtl-tui data pack`: rows as they are trained on, in a folder that opens at once.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Write data in a form that opens at once.",
    discussion: """
      The folder then holds the rows as models see them, in columns that are mapped into memory and \
      checked by checksums: `--data DIR` uses it in place of the schema, gives the same results, and \
      needs neither the files nor the time to read them. Rows are packed block after block, so that \
      more of them may be packed than fit in memory; DIR takes their columns meanwhile, in a file \
      without a name. Splits by user alone go through memory. Texts, interactions and opinions are not \
      kept: data with these are refused. A folder that was packed before is replaced as a whole, \
      behind a look at what was written.
      """)

  @Argument(help: "A schema file, or a name that --data takes.", completion: ShellCompletion.data)
  var schema: String
  @Option(help: "The folder to write into; made if it is not there.", completion: .directory)
  var out: String
  @Option(help: "The folder of the data's files.", completion: .directory) var path: String?
  @Option(help: "A column whose values group the rows for scores within groups.") var group: String?
  @Option(help: "Threads that read and check.") var threads = TrainingDefaults.threads

  func validate() throws {
    try TrainingOptions.check("--threads", threads, TrainingDefaults.threadCounts)
    guard !out.isEmpty else {
      throw ValidationError("--out is empty; name a folder, as in --out packed.")
    }
  }

  func run() throws {
    TerminationRequest.listen()
    do {
      try StandardOutput.writeLine(try packed())
    } catch {
      if let signal = TerminationRequest.received { end(Self.ended(by: signal)) }
      end(error as? Failure ?? Failure(message: "\(error)"))
    }
  }

  private static func ended(by signal: Int32) -> Failure {
    Failure(
      message: "ended by \(TerminationRequest.name(of: signal)): nothing was packed",
      exitCode: 128 + signal)
  }

  /// Packs the data; what was done.
  private func packed() throws -> String {
    try PackWriter.check(out)
    let choice = try DataChoice(
      schema, path: path, group: group, threads: threads, usesCache: false)
    var line = ProgressLine()
    let clock = ContinuousClock()
    let begun = clock.now
    let show = { (share: Double, what: String) in
      line.show("\(Int(share * 100)) % \(printable(what))")
    }
    let writer = PackWriter(
      to: out, threads: threads, progress: show, isEnded: { TerminationRequest.received != nil })
    defer { line.clear() }
    try choice.pack(with: writer, threads: threads) { share, what in
      // Nothing is on the disk as long as files are read into memory.
      if let signal = TerminationRequest.received {
        line.clear()
        end(Self.ended(by: signal))
      }
      show(share, what)
    }
    let folder = try PackedFolder(path: out)
    let rows = folder.counts.reduce(0, +)
    let seconds = begun.duration(to: clock.now) / .seconds(1)
    return
      "\(printable(out)): \(rows) rows (\(folder.counts[0]) train, \(folder.counts[1]) validate, "
      + "\(folder.counts[2]) test), \(folder.bytes / 1_000_000) MB, in "
      + "\(String(format: "%.1f", seconds)) s"
  }
}

/// `mtl-tui data cache`: where the cache of data is, and away with it.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Say where the cache of data is, or remove it.",
    discussion: """
      Where reading took longer than 5 seconds, the rows are packed beside the files, or in \
      $XDG_CACHE_HOME/mtl-tui (else ~/.cache/mtl-tui) where that folder cannot be written. The cache is \
      used as long as the files have the same size and time, and schema, --group and the program's \
      version are the same.
      """)

  @Argument(help: "A schema file, or a name that --data takes.", completion: ShellCompletion.data)
  var schema: String
  @Option(help: "The folder of the data's files.", completion: .directory) var path: String?
  @Option(help: "The column that groups the rows.") var group: String?
  @Flag(help: "Remove it.") var clear = false

  func run() throws {
    do {
      let choice = try DataChoice(schema, path: path, group: group, threads: 1)
      guard let cache = choice.cache else {
        throw Failure(
          message: """
            \(printable(schema)): has no cache.
              found: data that are made in memory, or packed already
              fix:   name the schema (.yaml) of files
            """)
      }
      try StandardOutput.writeLine(clear ? cleared(cache) : states(cache))
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(Failure(message: "\(error)"))
    }
  }

  private func cleared(_ cache: DataCache) throws(PackError) -> String {
    let places = try cache.clear()
    return places.isEmpty
      ? "there is no cache" : places.map { "\(printable($0)): removed" }.joined(separator: "\n")
  }

  private func states(_ cache: DataCache) -> String {
    cache.places.map { place in
      switch cache.state(at: place) {
      case .absent: "\(printable(place)): no cache"
      case .left(let bytes):
        "\(printable(place)): no cache, but \((bytes + 999_999) / 1_000_000) MB that a killed program "
          + "left; --clear removes them"
      case .fresh: "\(printable(place)): up to date"
      case .stale(let why): "\(printable(place)): not used, \(why)"
      }
    }.joined(separator: "\n")
  }
}
