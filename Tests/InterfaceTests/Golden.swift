import Foundation
import Terminal
import Testing

/// Text files that hold what a screen must look like; `BLESS=1` writes them anew.
enum Golden {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")
  static let isBlessing = ProcessInfo.processInfo.environment["BLESS"] == "1"

  /// Compares a text with the file of that name, or writes it.
  static func check(
    _ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let file = folder.appendingPathComponent(name + ".txt")
    if isBlessing {
      do {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
      } catch {
        Issue.record("cannot write \(file.path): \(error)", sourceLocation: location)
      }
      return
    }
    guard let known = try? String(contentsOf: file, encoding: .utf8) else {
      Issue.record("no golden screen \(name); BLESS=1 writes it", sourceLocation: location)
      return
    }
    guard known != text + "\n" else { return }
    Issue.record(
      "\(name) looks different; BLESS=1 writes it anew\n\(difference(known, text))",
      sourceLocation: location)
  }

  /// The first rows that differ.
  private static func difference(_ known: String, _ text: String) -> String {
    let old = known.split(separator: "\n", omittingEmptySubsequences: false)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false)
    return zip(old, new).enumerated().filter { $0.element.0 != $0.element.1 }.prefix(3)
      .map { "row \($0.offset)\n  was \($0.element.0)\n  is  \($0.element.1)" }
      .joined(separator: "\n")
  }
}

extension Canvas {
  /// A letter for the role of each cell, blanks for plain ones.
  var roles: String {
    rows { cell in
      switch cell.style.role {
      case .plain: " "
      case .dim: "."
      case .title: "T"
      case .frame: "-"
      case .focusedFrame: "="
      case .selection: "S"
      case .hint: "h"
      case .status: "s"
      case .good: "g"
      case .warning: "w"
      case .error: "e"
      case .series0, .series1, .series2, .series3, .series4, .series5, .series6, .series7:
        Character("\(cell.style.role.rawValue - Role.series0.rawValue)")
      default: letters[Int(cell.style.role.rawValue - Role.heat0.rawValue)]
      }
    }
  }

  /// Heats, the diverging scale, bands, tints, kinds.
  private var letters: [Character] {
    Array("ABCDEFGH" + "zyxwoWXYZ" + "⁰¹²³⁴⁵⁶⁷" + "₀₁₂₃₄₅₆₇" + "KLMNO")
  }

  /// What is left without colour: B bold, R reversed, U underlined, d dim by its role.
  var attributes: String {
    rows { cell in
      if cell.style.isReversed { return "R" }
      if cell.style.isUnderlined { return "U" }
      if cell.style.isBold { return "B" }
      return cell.style.role == .dim ? "d" : " "
    }
  }

  private func rows(_ letter: (Cell) -> Character) -> String {
    (0..<size.rows).map { row in
      var line = String(
        (0..<size.columns).map { self[row, $0].map(letter) ?? " " })
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

/// The Swift files in a folder and below it, by name.
func swiftFiles(in folder: URL) throws -> [(file: String, text: String)] {
  let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
  let files = (found?.allObjects ?? []).compactMap { $0 as? URL }
    .filter { $0.pathExtension == "swift" }
  return try files.map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    .sorted { $0.0 < $1.0 }
}
