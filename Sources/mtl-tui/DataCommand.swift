import ArgumentParser
import Datasets
import Runs

/// `mtl-tui data`: data to try things on.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make, describe and pack data, and guess schemas.",
    subcommands: [
      InferCommand.self, DescribeCommand.self, PackCommand.self, CacheCommand.self,
      GenerateCommand.self,
    ])
}

/// `mtl-tui data generate`: a made log whose truth is known.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write a made log of a recommender, its schema and its truth.",
    discussion: """
      The folder then holds log.csv, schema.yaml and truth.json (of reviews, reviews.jsonl and \
      opinions.tsv in place of log.csv); train on it with \
      `mtl-tui train --data DIR/schema.yaml`. The same preset and seed give the same bytes. \
      Files of these names are replaced only if mtl-tui wrote them and nobody changed them since. \
      A log is written in pieces, in the memory of a few of them; `huge` has 40 columns, of which 19 \
      have no part in what happens, and its truth says how far each bound may be off.
      """)

  @Option(
    help: "How large, or reviews with ratings: \(Self.presets).", completion: .list(Self.names))
  var preset = SyntheticPreset.sample.rawValue
  @Option(help: "Seed of every random draw.") var seed = SampleData.seed
  @Option(help: "The folder to write into; made if it is not there.", completion: .directory)
  var out: String
  @Option(help: "How many rows a huge log has, a multiple of 10.") var rows: Int?
  @Option(help: "Threads that make rows.") var threads = TrainingDefaults.threads
  @Flag(help: "Replace files of these names, whoever wrote them.") var overwrite = false

  func validate() throws {
    guard !out.isEmpty else {
      throw ValidationError("--out is empty; name a folder, as in --out my-data.")
    }
    try TrainingOptions.check("--threads", threads, TrainingDefaults.threadCounts)
    guard Self.names.contains(preset) else {
      let near = nearest(to: preset, in: Self.names)
      throw ValidationError(
        "no preset '\(printable(preset))'\(near.map { "; did you mean '\($0)'?" } ?? "") "
          + "Known: \(Self.presets).")
    }
    if let rows { try check(rows) }
  }

  private func check(_ rows: Int) throws {
    guard let preset = SyntheticPreset(rawValue: preset), preset == .huge else {
      throw ValidationError("--rows goes with --preset huge; \(preset) has a size of its own.")
    }
    let known = SyntheticLog.mostRows
    guard SyntheticLog.accepts(rows: rows, of: preset) else {
      throw ValidationError(
        "--rows \(rows): found a number that is no multiple of 10 from \(known.lowerBound) to "
          + "\(known.upperBound); every request shows ten items.")
    }
  }

  func run() throws {
    do {
      try StandardOutput.writeLine("\(printable(out)): \(try write())")
    } catch WritingError.ended(let path) {
      let error = WritingError.ended(path: path)
      end(Failure(message: "\(error)", exitCode: 128 + (TerminationRequest.received ?? 2)))
    } catch let error as WritingError {
      end(Failure(message: "\(error)"))
    }
  }

  /// Writes the files; what they are.
  private func write() throws(WritingError) -> String {
    if let preset = SyntheticPreset(rawValue: preset) { return try write(preset) }
    let reviews = SyntheticReviews(ReviewPreset(rawValue: preset) ?? .reviews, seed: seed)
    try reviews.write(to: out, overwrite: overwrite)
    return "reviews.jsonl (\(reviews.count) rows), opinions.tsv, schema.yaml, truth.json"
  }

  /// Writes a log, and says on stderr how far it is; SIGINT ends it and leaves nothing.
  private func write(_ preset: SyntheticPreset) throws(WritingError) -> String {
    TerminationRequest.listen()
    let log = SyntheticLog(preset: preset, seed: seed, rows: rows)
    var line = ProgressLine()
    defer { line.clear() }
    try log.write(to: out, overwrite: overwrite, threads: threads) { done in
      line.show("\(100 * done / log.impressions) % \(done) of \(log.impressions) rows")
      return TerminationRequest.received == nil
    }
    return "log.csv (\(log.impressions) rows), schema.yaml, truth.json"
  }

  private static let names =
    SyntheticPreset.allCases.map(\.rawValue) + ReviewPreset.allCases.map(\.rawValue)

  private static let presets =
    (SyntheticPreset.allCases.map { "\($0.rawValue) (\($0.impressions) rows)" }
    + ReviewPreset.allCases.map { "\($0.rawValue) (\($0.reviews) reviews)" })
    .joined(separator: ", ")
}
