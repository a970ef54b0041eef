import Foundation
import Testing

@testable import Datasets

/// The recipes of reviews without users, on small files of the same format.
@Suite struct ReviewRecipeTests {
  private func load(_ name: String, in folder: String) throws -> Dataset {
    let recipe = try #require(Recipe.named(name))
    return try DatasetLoader(
      recipe.schema(in: folder), from: .folder(folder, hint: recipe.origin), threads: 2
    ).loadTwice()
  }

  private func load(_ name: String, _ files: [String: String]) throws -> Dataset {
    try withFolder { folder in
      for (file, text) in files {
        let bytes = Data(text.utf8)
        try (file.hasSuffix(".gz") ? gzip(bytes) : bytes)
          .write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
      }
      return try load(name, in: folder)
    }
  }

  private func rows(_ data: Dataset) -> Int {
    data.training.count + data.validation.count + data.test.count
  }

  /// How many rows of all splits have a label of 1 in a task.
  private func ones(_ data: Dataset, _ task: Int) -> Int {
    let count = data.tasks.count
    return [data.training, data.validation, data.test].reduce(0) { sum, rows in
      sum + (0..<rows.count).count { rows.labels[$0 * count + task] == 1 }
    }
  }

  /// Quoted fields with line breaks of two bytes, an unnamed first column, missing reviews.
  private static func drugs(_ rows: Range<Int>) -> String {
    let effects = ["Highly", "Considerably", "Moderately", "Marginally"].map { $0 + " Effective" }
    let ills = ["No", "Mild", "Moderate", "Severe", "Extremely Severe"].map { $0 + " Side Effects" }
    let header =
      "\turlDrugName\trating\teffectiveness\tsideEffects\tcondition\tbenefitsReview"
      + "\tsideEffectsReview\tcommentsReview\r\n"
    return header
      + rows.map { row -> String in
        let effect = row % 9 == 8 ? "Ineffective" : effects[row % 4]
        let benefits = row % 7 == 0 ? "" : "\"It \"\"WORKS\"\",\r\n\r\nreally. Tab\there\""
        return "\(row * 3)\tdrug\(row % 6)\t\(row % 10 + 1)\t\(effect)\t\(ills[row % 5])\tpain"
          + "\t\(benefits)\tnone\tok\r\n"
      }.joined()
  }

  @Test(arguments: [
    ["drugLib_train_plus_test.tsv.gz": drugs(0..<90)],
    ["drugLibTrain_raw.tsv": drugs(0..<60), "drugLibTest_raw.tsv": drugs(60..<90)],
  ])
  func readsDruglib(files: [String: String]) throws {
    let data = try load("druglib", files)
    #expect(rows(data) == 90)
    #expect(data.tasks.map(\.name) == ["rating", "effective", "ill"])
    #expect(data.tasks.map(\.kind) == [.regression, .binary, .binary])
    let effective = (0..<90).count { $0 % 9 != 8 && $0 % 4 < 2 }
    #expect(ones(data, 1) == effective)
    #expect(ones(data, 2) == (0..<90).count { $0 % 5 > 1 })
    let fields = data.features.fields
    #expect(fields.map(\.name) == ["drug", "condition", "benefits", "side_effects", "comments"])
    // Words are lower-cased and parted from marks; no text is a value of its own.
    let words = Set(fields[2].categories.dropFirst())
    #expect(words == ["it", "\"", "works", ",", "really", ".", "tab", "here", ""])
    #expect(fields[2].list?.longest == 9)
    #expect(data.features.dense.isEmpty)
  }

  @Test func readsWomensClothing() throws {
    let header =
      ",Clothing ID,Age,Title,Review Text,Rating,Recommended IND,Positive Feedback Count,"
      + "Division Name,Department Name,Class Name\n"
    let text =
      header
      + (0..<80).map { row -> String in
        let title = row % 6 == 0 ? "" : "Lovely, \(row % 2 == 0 ? "soft" : "warm")"
        let review = row % 30 == 1 ? "" : "\"I'm 5'8\"\",\n\nit fits!\""
        let division = row == 7 ? ",," : "General,Tops,Knits"
        return "\(row),\(row % 5 + 1000),\(row % 60 + 18),\"\(title)\",\(review),\(row % 5 + 1),"
          + "\(row % 5 > 1 ? 1 : 0),\(row % 3),\(division)\n"
      }.joined()
    for name in ["Womens Clothing E-Commerce Reviews.csv", "womens_clothing_reviews.csv.gz"] {
      let data = try load("womens-clothing", [name: text])
      #expect(rows(data) == 80)
      #expect(data.tasks.map(\.name) == ["rating", "recommended", "helpful"])
      #expect(ones(data, 1) == 48)
      #expect(ones(data, 2) == (0..<80).count { $0 % 3 > 0 })
      let fields = data.features.fields
      #expect(
        fields.map(\.name) == ["piece", "division", "department", "class", "title", "text"])
      #expect(data.features.dense.map(\.column) == ["age"])
      #expect(Set(fields[4].categories.dropFirst()) == ["lovely", ",", "soft", "warm", ""])
      let words = Set(fields[5].categories)
      #expect(words.isSuperset(of: ["i'm", "5", "'", "8", "\"", ",", "it", "fits", "!"]))
    }
  }

  @Test(arguments: ["druglib", "womens-clothing"]) func saysWhereFilesComeFrom(name: String) throws
  {
    let recipe = try #require(Recipe.named(name))
    try withFolder { folder in
      let error = #expect(throws: ReaderError.self) { try load(name, in: folder) }
      guard case .missingFile(_, let hint)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(hint == recipe.origin)
    }
  }

  /// Of a rating from 1 to 10 every one is there; the labels are those of the data's description.
  @Test(
    .enabled(
      if: drugFolder != nil, "DRUGLIB_DIR is not set: the folder of the files drugLib*.tsv"))
  func readsTheRealDruglib() throws {
    let data = try load("druglib", in: try #require(drugFolder))
    #expect(rows(data) == 4143)
    #expect(ones(data, 1) == 1741 + 1238)
    #expect(ones(data, 2) == 850 + 491 + 255)
    #expect(data.inputs.first { $0.name == "drug" }?.distinct ?? 0 > 450)
  }

  @Test(
    .enabled(
      if: clothingFolder != nil,
      "WOMENS_CLOTHING_DIR is not set: the folder of the reviews of women's clothing"))
  func readsTheRealWomensClothing() throws {
    let data = try load("womens-clothing", in: try #require(clothingFolder))
    #expect(rows(data) == 23_486)
    let rates = [1, 2].map { Double(ones(data, $0)) / 23_486 }
    #expect(abs(rates[0] - 0.8224) < 5e-5 && abs(rates[1] - 0.524) < 5e-4)
    let labels = [data.training, data.validation, data.test].flatMap { rows in
      (0..<rows.count).map { data.tasks[0].scale.original(Double(rows.labels[$0 * 3])).rounded() }
    }
    let counts = (1...5).map { stars in labels.count { $0 == Double(stars) } }
    #expect(counts == [842, 1565, 2871, 5077, 13_131])
  }
}

private let drugFolder = ProcessInfo.processInfo.environment["DRUGLIB_DIR"]
private let clothingFolder = ProcessInfo.processInfo.environment["WOMENS_CLOTHING_DIR"]
