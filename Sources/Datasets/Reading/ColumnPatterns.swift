extension DatasetSchema.Column {
  /// Whether the name stands for all columns that match it: `f*`.
  var isPattern: Bool { source.contains("*") }

  /// Whether a name matches, `*` standing for any text.
  func matches(_ name: String) -> Bool {
    let parts = source.split(separator: "*", omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else {
      return name == source
    }
    guard name.count >= first.count + last.count, name.hasPrefix(first), name.hasSuffix(last) else {
      return false
    }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}

extension [DatasetSchema.Column] {
  /// The columns with all names that the patterns stand for, in the order of the header.
  ///
  /// A column that is named itself, an ignored one and a reserved one is no pattern's; of several
  /// patterns the first has it. A name with a star that the header has is itself.
  func expanded(in reader: TableReader, reserved: Set<String>) throws(ReaderError) -> Self {
    let names = reader.header.names
    let patterns = filter { $0.isPattern && !names.contains($0.source) }
    guard !patterns.isEmpty else { return self }
    // A column without a name, such as the row numbers that pandas writes, is no pattern's.
    var taken = reserved.union(filter { !patterns.contains($0) }.map(\.source)).union([""])
    var found: [String: [String]] = [:]
    for pattern in patterns.filter({ $0.role == .ignore }) + patterns.filter({ $0.role != .ignore })
    {
      let own = names.filter { pattern.matches($0) && taken.insert($0).inserted }
      guard !own.isEmpty else {
        throw .file(
          .patternMatchesNothing(
            path: reader.path, pattern: pattern.source,
            header: reader.header.facts(reader.format, reader.path, wanted: map(\.source)),
            taken: names.count { pattern.matches($0) }))
      }
      found[pattern.source] = own
    }
    return flatMap { column -> [DatasetSchema.Column] in
      guard let own = found[column.source] else { return [column] }
      return own.map { column.named($0) }
    }
  }

  /// The names that patterns make inputs, though they are none of `columns`, which these columns
  /// were expanded to by the names of another file.
  func inputs(among names: [String], notIn columns: Self, reserved: Set<String>) -> [String] {
    let known = Set(columns.map(\.source))
    let patterns = filter { $0.isPattern && !known.contains($0.source) }
    let ignored = patterns.filter { $0.role == .ignore }
    let read = patterns.filter { $0.role != .ignore }
    let taken = reserved.union(known).union([""])
    return names.filter { name in
      !taken.contains(name) && !ignored.contains { $0.matches(name) }
        && read.contains { $0.matches(name) }
    }
  }

  /// The names that others do not have.
  func names(notIn others: Self) -> [String] {
    let known = Set(others.map(\.name))
    return map(\.name).filter { !known.contains($0) }
  }
}

extension DatasetSchema.Column {
  fileprivate func named(_ name: String) -> Self {
    var column = self
    column.name = name
    column.source = name
    return column
  }
}

extension DatasetSchema {
  /// The log's columns that labels, sample spaces and the split are made from; no pattern makes them
  /// inputs.
  var reservedColumns: Set<String> {
    var names = Set(tasks.flatMap { [$0.label, $0.space].compactMap { $0?.column } })
    switch split {
    case .column(let name, _, _), .time(let name, _, _): names.insert(name)
    case .files, .rowParity, .ratio, .lastByUser, .ratioByUser: break
    }
    if let time = interactions?.time { names.insert(time) }
    if let weight { names.insert(weight) }
    if let text { names.insert(text.source) }
    return names
  }
}
