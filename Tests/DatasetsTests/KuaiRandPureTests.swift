import Foundation
import Testing

@testable import Datasets

/// The recipe on small files of the same format.
@Suite struct KuaiRandPureTests {
  private func load(logName: String = "log_standard_0425_0508.csv.gz") throws -> Dataset {
    try withFolder { folder in
      try KuaiRandFiles().write(to: folder, logName: logName)
      return try load(folder)
    }
  }

  private func load(_ folder: String) throws -> Dataset {
    let recipe = try recipe()
    return try DatasetLoader(
      recipe.schema(in: folder), from: .folder(folder, hint: recipe.origin), threads: 2
    ).loadTwice()
  }

  private func recipe() throws -> Recipe {
    try #require(Recipe.all.first { $0.name == "kuairand-pure" })
  }

  @Test func splitsByDate() throws {
    let data = try load()
    #expect([data.training, data.validation, data.test].map(\.count) == [900, 200, 300])
    #expect(data.tasks.map(\.name) == ["click", "long_view", "like", "watch_time"])
    #expect(data.tasks.map(\.kind) == [.binary, .binary, .binary, .regression])
  }

  @Test func computesLabels() throws {
    let data = try load()
    let labels = data.labels(data.training)
    func binary(_ row: Int) -> [Float] { (0..<3).map { labels[$0][row] } }
    #expect(binary(0) == [1, 1, 1] && binary(1) == [1, 1, 0])
    #expect(binary(2) == [0, 1, 0] && binary(4) == [0, 0, 0])
    // Row 301 plays 301.5 seconds: as long as 300.
    for (row, seconds) in [(0, 0.5), (1, 1.5), (2, 0.5), (4, 0.5), (301, 300)] {
      #expect(abs(Double(labels[3][row]) - log1p(seconds)) < 1e-6)
    }
  }

  @Test func findsTheInputs() throws {
    let data = try load()
    let fields = data.features.fields
    let names = fields.map(\.name)
    #expect(names.prefix(5) == ["user_id", "video_id", "tab", "hour", "duration"])
    #expect(names.suffix(5) == ["author_id", "video_type", "upload_type", "music_type", "tag"])
    #expect(fields.count == 35 && data.features.dense.isEmpty)
    for unwanted in ["date", "time_ms", "is_rand", "play_time_ms", "hourmin"] {
      #expect(!names.contains(unwanted))
    }
    #expect(Set(fields[3].categories.dropFirst()) == Set((0..<24).map { "\($0)" }))
    #expect(fields[4].categories.contains("<1") && fields[4].categories.contains(">=300000"))
    #expect(fields[8].name == "follow_user_num_range")
    // User 7 has no row, which is a category of its own, as a missing value is.
    #expect(fields[8].categories == ["", "(0,10]", ""])
    #expect(fields[34].categories.contains("12,1"))
  }

  @Test func countsRowsWithoutAMatch() throws {
    #expect(
      try load().joins.first?.sentence
        == "user_features_pure.csv: 35 of 1400 rows have no match; they count as missing")
    // User 7 of 40 has one row in 40, video 3 of 30 one in 30, from row 3.
    #expect(
      try load().joins == [
        JoinCount(file: "user_features_pure.csv", rows: 1400, unmatched: 35),
        JoinCount(file: "video_features_basic_pure.csv", rows: 1400, unmatched: 47),
      ])
  }

  @Test(arguments: [
    "log_standard_0425_0508.csv", "log_standard_4_22_to_5_08_pure.csv",
    "log_standard_4_22_to_5_08_pure.csv.gz",
  ])
  func findsTheLogUnderItsOtherNames(name: String) throws {
    #expect(try load(logName: name).contents == load().contents)
  }

  @Test func saysWhereFilesComeFrom() throws {
    try withFolder { folder in
      let origin = try recipe().origin
      #expect(
        throws: ReaderError.missingFile(
          path: "\(folder)/log_standard_0425_0508.csv", hint: origin)
      ) { try load(folder) }
      try KuaiRandFiles().write(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/user_features_pure.csv")
      #expect(
        throws: ReaderError.missingFile(path: "\(folder)/user_features_pure.csv", hint: origin)
      ) { try load(folder) }
    }
  }

  @Test(
    .enabled(
      if: kuaiRandFolder != nil,
      "KUAIRAND_DIR is not set: the folder of log_standard_0425_0508.csv and the tables"))
  func readsTheRealSlice() throws {
    let data = try load(try #require(kuaiRandFolder))
    let splits = [data.training, data.validation, data.test]
    #expect(splits.map(\.count) == [154_071, 30_990, 43_268])
    #expect(data.joins.map(\.rows) == [228_329, 228_329])
    let rates = (0..<3).map { task in
      let positives = splits.reduce(0) { sum, rows in
        sum + (0..<rows.count).count { rows.labels[$0 * 4 + task] == 1 }
      }
      return (Double(positives) / 228_329 * 1e5).rounded() / 1e5
    }
    #expect(abs(rates[0] - 0.4419) < 5e-5 && abs(rates[1] - 0.3108) < 5e-5)
    #expect(rates[2] == 0.01715)
    #expect(data.features.fields[0].vocabulary == 12_145)
    #expect(data.features.fields[1].vocabulary == 3_614)
  }
}

private let kuaiRandFolder = ProcessInfo.processInfo.environment["KUAIRAND_DIR"]
