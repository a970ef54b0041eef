import Foundation

/// How much of some files is read.
struct ReadBytes {
  /// By absolute path.
  private let sizes: [String: Int]
  private let all: Int
  private var before = 0
  private var path = ""
  /// Bytes of the file of that path; nil where it is none of these.
  private var size: Int?

  init(of files: [PackSource]) {
    sizes = Dictionary(files.map { ($0.path, max(0, $0.size)) }) { first, _ in first }
    all = sizes.values.reduce(0, +)
  }

  /// The part of all bytes that is read when of a file this share is; nil where it is not known, or as
  /// good as nothing.
  ///
  /// The path may be relative to the current folder.
  mutating func part(_ share: Double, of path: String) -> Double? {
    if path != self.path {
      before += size ?? 0
      self.path = path
      size = sizes[PackSource.absolute(path)]
    }
    guard let size, all > 0 else { return nil }
    let part = (Double(before) + share * Double(size)) / Double(all)
    return part > 0.001 ? part : nil
  }
}
