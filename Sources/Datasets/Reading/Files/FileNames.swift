import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Finds the files that a schema names.
struct FileNames {
  let source: DatasetLoader.Source

  /// How standard input is named in a schema.
  static let standardInput = "-"

  /// What messages call a file.
  static func shown(_ path: String) -> String {
    path == standardInput ? "standard input" : path
  }

  /// The paths of a list in the order in which they are read.
  ///
  /// - Throws: ``ReaderError`` for a pattern that nothing matches and for a file that stands twice.
  func paths(of list: FileList) throws(ReaderError) -> [String] {
    var paths: [String] = []
    for name in list.names { paths += try matching(name) }
    return paths
  }

  /// Refuses a file that would be read twice, be it in one split or in two.
  ///
  /// A row that is read twice counts twice, or is both trained and tested on.
  func checkOnce(_ paths: [String]) throws(ReaderError) {
    var seen: [String: String] = [:]
    for path in paths {
      let file = identity(of: path)
      if let first = seen[file] { throw .file(.repeatedFile(path: path, first: first)) }
      seen[file] = path
    }
  }

  /// The bytes of a file, not yet read.
  func open(_ path: String) throws(ReaderError) -> any ByteSource {
    switch source {
    case .folder(_, let hint): return try FileSource(path, hint: hint)
    case .memory(let files):
      guard let bytes = files[path] else { throw .missingFile(path: path, hint: nil) }
      return MemorySource(bytes)
    }
  }

  private func matching(_ name: String) throws(ReaderError) -> [String] {
    guard name.contains(where: { "*?[".contains($0) }) else { return [plain(name)] }
    switch source {
    case .memory(let files):
      if files[name] != nil { return [name] }
      let found = files.keys.filter { fnmatch(name, $0, 0) == 0 }
      guard found.isEmpty else { return Self.sorted(found) }
      throw .file(.noFileMatches(pattern: name))
    case .folder(_, let hint):
      let path = absolute(name)
      // A file may have a star in its name.
      if FileManager.default.fileExists(atPath: path) { return [path] }
      for pattern in [path, path + ".gz"] {
        let found = Self.matches(of: pattern)
        guard found.isEmpty else { return Self.sorted(found) }
      }
      if let hint { throw .missingFile(path: path, hint: hint) }
      throw .file(.noFileMatches(pattern: path))
    }
  }

  /// Where a file is: under its name, or packed under its name with `.gz`.
  private func plain(_ name: String) -> String {
    guard case .folder = source, name != Self.standardInput else { return name }
    let path = absolute(name)
    let manager = FileManager.default
    let isPacked = !manager.fileExists(atPath: path) && manager.fileExists(atPath: path + ".gz")
    return isPacked ? path + ".gz" : path
  }

  private func absolute(_ name: String) -> String {
    guard case .folder(let folder, _) = source, !folder.isEmpty, !name.hasPrefix("/") else {
      return name
    }
    return "\(folder)/\(name)"
  }

  /// One text for all names of a file.
  private func identity(of path: String) -> String {
    guard case .folder = source else { return path }
    if [Self.standardInput, "/dev/stdin", "/dev/fd/0"].contains(path) { return Self.standardInput }
    return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// The files, not the folders, that match.
  private static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, GLOB_NOSORT | GLOB_MARK, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }.filter { !$0.hasSuffix("/") }
  }

  private static func sorted(_ names: [String]) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
