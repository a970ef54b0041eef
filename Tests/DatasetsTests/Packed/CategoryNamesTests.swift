import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Names of categories") struct CategoryNamesTests {
  private static let texts = ["", "é", "a\u{0}b", "", "long " + String(repeating: "x", count: 40)]

  /// The texts behind three others in one file.
  private func table() -> CategoryNames {
    let all = ["p", "", "qq"] + Self.texts
    var starts: [Int64] = [0]
    for text in all { starts.append((starts.last ?? 0) + Int64(text.utf8.count)) }
    return CategoryNames(
      NameTable(
        starts: Storage(starts), bytes: Storage(all.flatMap { Array($0.utf8) }), first: 3,
        count: Self.texts.count))
  }

  @Test("are the same in memory and in a file") func same() throws {
    let (memory, file) = (CategoryNames(Self.texts), table())
    #expect(Array(file) == Self.texts && file.count == 5 && file[1] == "é")
    #expect(memory == file && file == table() && file.hashValue == memory.hashValue)
    #expect(
      file.firstIndex(of: "a\u{0}b") == 2 && Array(file.dropFirst(3)) == Array(Self.texts[3...]))
    #expect(file != CategoryNames(Self.texts.dropLast()) && file != ["", "é", "a", "", "x"])
    let json = try JSONEncoder().encode(file)
    #expect(json == (try JSONEncoder().encode(Self.texts)))
    #expect(try JSONDecoder().decode(CategoryNames.self, from: json) == file)
  }
}
