import Foundation

extension TruthFile {
  /// Those of some files in a directory that this program wrote and nobody changed since.
  ///
  /// Schema and truth carry a ``FileSeal``. A log is known by the checksum that a truth names: the one
  /// beside it, or the one that a killed program had still to put there.
  static func ownFiles(_ names: [String], in directory: String) -> Set<String> {
    let truths = ([directory] + StagingFolder.abandoned(in: directory)).compactMap { Self(in: $0) }
    return Set(names.filter { isOwn($0, in: directory, truths) })
  }

  private static func isOwn(_ name: String, in directory: String, _ truths: [Self]) -> Bool {
    let path = "\(directory)/\(name)"
    if name == Self.name || name.hasSuffix(".yaml") { return FileSeal.isIntact(at: path) }
    let known = truths.compactMap { $0.checksums[name] }
    // A file that cannot be read is not known to be ours.
    return known.contains { known in
      (try? LogChecksum.matches(FileSource(path, hint: nil), known)) ?? false
    }
  }
}
