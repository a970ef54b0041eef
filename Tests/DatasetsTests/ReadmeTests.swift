import Foundation
import Testing

@testable import Datasets

/// What the README shows can be used as it stands.
@Suite struct ReadmeTests {
  static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("README.md")

  @Test func theExampleOfASchemaIsOne() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    // The other example is of the file that keeps how the explorer looks.
    let examples = text.components(separatedBy: "```yaml\n").dropFirst()
    let example = try #require(examples.first { $0.hasPrefix("name:") })
    let yaml = try #require(example.components(separatedBy: "```").first)
    let schema = try DatasetSchema(yaml: yaml, path: "README.md")
    #expect(schema.joins.map(\.file) == ["users.csv", "items.csv"])
    #expect(schema.joins.map(\.tableKey) == ["id", "item"])
    #expect(
      schema.allColumns.map(\.name) == ["user", "item", "hour", "city", "followers", "length"])
    #expect(
      schema.split == .time("date", validationFrom: 20_220_504, testFrom: 20_220_506))
  }

  @Test func namesEveryRecipe() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    for recipe in Recipe.all { #expect(text.contains("`\(recipe.name)`")) }
  }
}
