import Foundation
import Testing

@testable import Datasets

@Suite("Temporary files") struct TemporaryFileTests {
  @Test("give back what was written, and leave no name") func bytes() throws {
    try withFolder { folder in
      let file = try TemporaryFile(in: folder)
      for part in [[1, 2, 3], [4, 5]] as [[UInt8]] {
        try part.withUnsafeBytes { try file.append($0) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      var found = [UInt8](repeating: 0, count: 3)
      try found.withUnsafeMutableBytes { try file.read(into: $0, at: 1) }
      #expect(found == [2, 3, 4])
      #expect(throws: TemporaryFileError.self) {
        try found.withUnsafeMutableBytes { try file.read(into: $0, at: 3) }
      }
    }
  }

  @Test("say where they cannot be, and which variable names another folder") func missing() {
    let error = #expect(throws: TemporaryFileError.self) { try TemporaryFile(in: "/nowhere") }
    #expect(
      error?.description
        == "a temporary file in /nowhere: No such file or directory; TMPDIR names another folder")
  }
}
