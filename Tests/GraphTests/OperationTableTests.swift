import Foundation
import Testing

/// The table of operations lacks none.
@Suite struct OperationTableTests {
  @Test func everyOperationHasARow() throws {
    var seen = Set<String>()
    for one in OperationCase.all { seen.formUnion(GradientCheck(one, rows: 7, seed: 1).types()) }
    let declared = try Self.declared()
    #expect(declared.count > 35)
    #expect(declared.subtracting(seen).isEmpty, "no row: \(declared.subtracting(seen).sorted())")
  }

  /// The names of all operations in the sources but for those of Objectives, which has its own table.
  private static func declared() throws -> Set<String> {
    let root = (1...3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    let files = FileManager.default.enumerator(
      at: root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil)
    var names = Set<String>()
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift", !file.pathComponents.contains("Objectives") else {
        continue
      }
      let text = try String(contentsOf: file, encoding: .utf8)
      let form = #/(?:struct|final class)\s+(\w+)\s*:\s*(?:\w+,\s*)*(?:Operation|RowMap)\b/#
      for match in text.matches(of: form) { names.insert(String(match.1)) }
    }
    return names
  }
}
