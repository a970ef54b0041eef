import Foundation
import Interface
import Runs
import Store

extension ReportedRun {
  /// Reads a run's folder.
  ///
  /// - Throws: ``StoreError``.
  init(_ folder: RunFolder) throws(StoreError) {
    let path = folder.path(of: .description)
    guard let description = try folder.decoded(.description, RunDescription.self) else {
      throw .damaged(path: path, what: "it is not there, so nothing can be said of the run")
    }
    var events: [Event] = []
    for (number, line) in try folder.events().enumerated() {
      guard let event = try? ValueCoding.decoded(Event.self, from: line.utf8) else {
        throw .damaged(
          path: "\(folder.path)/events.jsonl", what: "line \(number + 1) is no event")
      }
      events.append(event)
    }
    self.init(
      id: folder.id, description: description, bins: try folder.curves(), events: events,
      summary: try folder.decoded(.summary, RunSummary.self),
      configuration: try Self.configuration(folder))
  }

  /// The lines of the configuration as it was used, by key: a key below another is joined to it by a
  /// point.
  private static func configuration(
    _ folder: RunFolder
  ) throws(StoreError) -> [(key: String, value: String)] {
    guard let bytes = try folder.read(.configuration) else { return [] }
    var above: [(indent: Int, key: String)] = []
    var pairs: [(key: String, value: String)] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let indent = line.prefix { $0 == " " }.count
      let words = line.dropFirst(indent)
      guard !words.hasPrefix("#"), let colon = words.firstIndex(of: ":") else { continue }
      above.removeAll { $0.indent >= indent }
      let key = String(words[..<colon])
      let value = withoutRemark(words[words.index(after: colon)...].drop { $0 == " " })
      if value.isEmpty {
        above.append((indent, key))
      } else {
        pairs.append(((above.map(\.key) + [key]).joined(separator: "."), String(value)))
      }
    }
    return pairs
  }

  /// A value without what is said behind it.
  private static func withoutRemark(_ value: Substring) -> Substring {
    guard !value.hasPrefix("\""), let mark = value.firstRange(of: " #") else { return value }
    var plain = value[..<mark.lowerBound]
    while plain.last == " " { plain.removeLast() }
    return plain
  }
}
