import Foundation
import Testing

@testable import Store

@Suite struct WholeFileTests {
  @Test("a file is there as a whole, once, and as others may read it")
  func wholeOrNot() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "whole-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.onnx").path
    func write(_ byte: UInt8, replacing: Bool, failing: Bool = false) throws {
      try WholeFile.write(to: path, replacing: replacing) { (sink) throws(StoreError) in
        var failure: StoreError?
        withUnsafeBytes(of: byte) { bytes in
          do throws(StoreError) { try sink(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        if failing { throw StoreError.damaged(path: "x", what: "y") }
      }
    }
    #expect(throws: StoreError.self) { try write(1, replacing: false, failing: true) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    try write(2, replacing: false)
    let refusal = #expect(throws: StoreError.self) { try write(3, replacing: false) }
    #expect(refusal?.description.contains("--overwrite") == true)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([2]))
    try write(4, replacing: true)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([4]))
    let nowhere = folder.appending(path: "none/a").path
    let lost = #expect(throws: StoreError.self) {
      try WholeFile.write(to: nowhere, replacing: true) { (_) throws(StoreError) in }
    }
    #expect(lost?.description == "\(nowhere): cannot write it: its folder is not there")
    let plain = folder.appending(path: "plain").path
    fclose(fopen(plain, "w"))
    func permissions(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try permissions(path).map { $0 & 0o044 } == permissions(plain).map { $0 & 0o044 })
  }
}
