import Foundation

/// Small files in the format of Census-Income, made anew for the tests: 42 columns without header.
struct CensusFiles {
  let folder: URL

  /// Made once, 3,000 rows to train and 600 to test; removed when the tests end.
  static let shared: Result<CensusFiles, any Error> = Result {
    atexit { _ = CensusFiles.shared.map { $0.remove() } }
    return try CensusFiles(trainingRows: 3000, testRows: 600)
  }

  /// A folder of its own; `change` may spoil the training rows.
  init(
    trainingRows: Int, testRows: Int, change: (inout [[String]]) -> Void = { _ in }
  ) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("census-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var draws = Draws(seed: 7)
    var training = (0..<trainingRows).map { _ in Self.row(&draws) }
    change(&training)
    try Self.write(training, to: folder.appendingPathComponent("census-income.data"))
    let test = (0..<testRows).map { _ in Self.row(&draws) }
    try Self.write(test, to: folder.appendingPathComponent("census-income.test"))
  }

  /// Removes the files.
  func remove() { _ = try? FileManager.default.removeItem(at: folder) }

  private static func write(_ rows: [[String]], to file: URL) throws {
    let text = rows.map { $0.joined(separator: ", ") + "\n" }.joined()
    try Data(text.utf8).write(to: file)
  }

  /// The young are rarely married, graduates over 30 often earn more.
  private static func row(_ draws: inout Draws) -> [String] {
    let age = 16 + draws.below(64)
    let education = draws.pick(["High school graduate", "Bachelors degree(BA AB BS)", "10th grade"])
    let isUnmarried = draws.below(100) < (age < 28 ? 85 : 10)
    let isGraduate = education.hasPrefix("Bachelors")
    let earnsMore = draws.below(100) < (isGraduate && age > 30 ? 45 : 4)
    let occupation = isGraduate ? "Executive" : draws.pick(["Sales", "Machine operators"])
    return [
      "\(age)", draws.pick(["Private", "Not in universe"]), "\(draws.below(9))",
      "\(draws.below(9))", education, "0", "Not in universe",
      isUnmarried ? "Never married" : "Married-civilian spouse present",
      draws.pick(["Construction", "Retail trade", "Education"]), occupation,
      draws.pick(["White", "Black", "Other"]), "All other", draws.pick(["Female", "Male"]),
      "Not in universe", "Not in universe", "Full-time schedules", "0", "0",
      earnsMore ? "\(draws.below(900))" : "0", draws.pick(["Single", "Joint both under 65"]),
      "Not in universe", "Not in universe", "Householder", "Householder", "1700.09", "?", "?",
      "?", "?", "?", "\(draws.below(7))", "Not in universe", "United-States", "United-States",
      "United-States", "Native", "0", "Not in universe", "2", "\(draws.below(53))", "94",
      earnsMore ? "50000+." : "- 50000.",
    ]
  }
}

/// SplitMix64: draws that are the same in every run.
struct Draws {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }
}
