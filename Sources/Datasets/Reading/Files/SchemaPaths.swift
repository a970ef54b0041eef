/// The paths of all files that a schema names, each to be read once.
struct SchemaPaths {
  let log: [(role: FileRole, paths: [String])]
  let joins: [[String]]
  let opinions: [String]
  let concepts: [String]

  init(_ schema: DatasetSchema, _ names: FileNames) throws(ReaderError) {
    var log: [(role: FileRole, paths: [String])] = []
    for list in schema.files.lists {
      log.append((list.role, try names.paths(of: list.files)))
    }
    var joins: [[String]] = []
    for join in schema.joins { joins.append(try names.paths(of: join.files)) }
    opinions =
      try schema.opinions.map { rule throws(ReaderError) in
        try names.paths(of: rule.files)
      } ?? []
    if case .file(let files, _) = schema.concepts {
      concepts = try names.paths(of: files)
    } else {
      concepts = []
    }
    let logPaths = log.flatMap(\.paths)
    try names.checkOnce(logPaths)
    for paths in joins + [opinions, concepts] {
      try names.checkOnce(paths)
      // A pipe holds its rows once.
      for path in paths where path == FileNames.standardInput {
        try names.checkOnce(logPaths + [path])
      }
    }
    self.log = log
    self.joins = joins
  }

  /// How many files there are.
  var count: Int {
    log.reduce(0) { $0 + $1.paths.count } + joins.reduce(0) { $0 + $1.count } + opinions.count
      + concepts.count
  }
}
