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
      Files of these names are replaced only if mtl-tui wrote them and nobody changed them since.
      """)

  @Option(
    help: "How large, or reviews with ratings: \(Self.presets).", completion: .list(Self.names))
  var preset = SyntheticPreset.sample.rawValue
  @Option(help: "Seed of every random draw.") var seed = SampleData.seed
  @Option(help: "The folder to write into; made if it is not there.", completion: .directory)
  var out: String
  @Flag(help: "Replace files of these names, whoever wrote them.") var overwrite = false

  func validate() throws {
    guard !out.isEmpty else {
      throw ValidationError("--out is empty; name a folder, as in --out my-data.")
    }
    guard !Self.names.contains(preset) else { return }
    let near = nearest(to: preset, in: Self.names)
    throw ValidationError(
      "no preset '\(printable(preset))'\(near.map { "; did you mean '\($0)'?" } ?? "") "
        + "Known: \(Self.presets).")
  }

  func run() throws {
    do {
      try StandardOutput.writeLine("\(printable(out)): \(try write())")
    } catch let error as WritingError {
      end(Failure(message: "\(error)"))
    }
  }

  /// Writes the files; what they are.
  private func write() throws(WritingError) -> String {
    if let preset = SyntheticPreset(rawValue: preset) {
      try SyntheticLog(preset: preset, seed: seed).write(to: out, overwrite: overwrite)
      return "log.csv (\(preset.impressions) rows), schema.yaml, truth.json"
    }
    let reviews = SyntheticReviews(ReviewPreset(rawValue: preset) ?? .reviews, seed: seed)
    try reviews.write(to: out, overwrite: overwrite)
    return "reviews.jsonl (\(reviews.count) rows), opinions.tsv, schema.yaml, truth.json"
  }

  private static let names =
    SyntheticPreset.allCases.map(\.rawValue) + ReviewPreset.allCases.map(\.rawValue)

  private static let presets =
    (SyntheticPreset.allCases.map { "\($0.rawValue) (\($0.impressions) rows)" }
    + ReviewPreset.allCases.map { "\($0.rawValue) (\($0.reviews) reviews)" })
    .joined(separator: ", ")
}
