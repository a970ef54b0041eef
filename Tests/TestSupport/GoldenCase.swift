import Foundation
import Testing

/// A golden case on disk: a batch, the parameters before, and what must come out, in float64.
///
/// The cases beside these sources are always there; those of the folder named by the environment
/// variable `GOLDEN_DIR` come in addition.
public struct GoldenCase: Sendable, Hashable, CustomTestStringConvertible {
  /// The file's name without its ending, `mmoe_2tasks`.
  public let name: String
  /// Where it lies.
  public let file: URL
  /// Whether it came from `GOLDEN_DIR`.
  public let isExternal: Bool

  /// How the test report names it.
  public var testDescription: String { isExternal ? "\(name) (GOLDEN_DIR)" : name }

  /// Every case whose name starts with one of the prefixes, sorted by name; all without a prefix.
  public static func all(_ prefixes: String...) throws(GoldenError) -> [GoldenCase] {
    var cases = try inFolder(ownFolder, isExternal: false)
    if let path = ProcessInfo.processInfo.environment["GOLDEN_DIR"], !path.isEmpty {
      cases += try inFolder(URL(fileURLWithPath: path), isExternal: true)
    }
    return prefixes.isEmpty ? cases : cases.filter { prefixes.contains(where: $0.name.hasPrefix) }
  }

  /// The one case of a name that lies beside these sources.
  public static func named(_ name: String) -> GoldenCase {
    GoldenCase(
      name: name, file: ownFolder.appendingPathComponent("\(name).json"), isExternal: false)
  }

  /// The cases of a folder, sorted by name; no case at all is an error.
  static func inFolder(_ folder: URL, isExternal: Bool) throws(GoldenError) -> [GoldenCase] {
    let files: [URL]
    do {
      files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
    } catch {
      throw .unreadable(folder: folder.path, reason: error.localizedDescription)
    }
    let cases = files.filter { $0.pathExtension == "json" }.map {
      GoldenCase(
        name: $0.deletingPathExtension().lastPathComponent, file: $0, isExternal: isExternal)
    }
    guard !cases.isEmpty else { throw .noCases(folder: folder.path) }
    return cases.sorted { $0.name < $1.name }
  }

  private static let ownFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("GoldenCases")
}

// MARK: - Reading

extension GoldenCase {
  /// Reads the case.
  public func load() throws(GoldenError) -> GoldenNode {
    do {
      return try Self.decode(Data(contentsOf: file), named: name)
    } catch let error as GoldenError {
      throw error
    } catch {
      throw .malformed(file: file.path, reason: "\(error)")
    }
  }

  /// Reads a case from its bytes; its format must be 1.
  static func decode(_ bytes: Data, named name: String) throws -> GoldenNode {
    let node = GoldenNode(
      path: name, value: try JSONDecoder().decode(GoldenValue.self, from: bytes))
    let format = try node["format"].number
    guard format == 1 else {
      throw GoldenError.mismatch(at: "\(name).format", expected: "1", found: "\(format)")
    }
    return node
  }
}
