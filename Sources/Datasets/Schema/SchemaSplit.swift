extension DatasetSchema.Split {
  /// The split that a schema asks for; without one, the split that suits its files.
  init(
    _ section: SchemaNode?, _ files: DatasetSchema.Files, _ format: TableFormat
  ) throws(SchemaError) {
    guard let section else {
      self = Self.usual(for: files)
      return
    }
    let fields = try section.fields(of: .split)
    try fields.checkOnlyOne(
      of: ["column", "rowParity", "ratio", "time", "lastByUser", "ratioByUser"],
      fix: "keep one of column, rowParity, ratio, time, lastByUser and ratioByUser")
    if let parity = fields["rowParity"] {
      self = try Self.parity(section, parity, files)
    } else if let ratio = fields["ratio"] {
      self = try Self.ratio(section, ratio, files)
    } else if let time = fields["time"] {
      self = try Self.time(section, time, files, format)
    } else if let last = fields["lastByUser"] {
      self = try Self.lastByUser(section, last, files)
    } else if let ratio = fields["ratioByUser"] {
      self = try Self.ratioByUser(section, ratio, files)
    } else {
      self = try Self.column(section, files, format)
    }
  }

  /// One file is shared out by a hash, a test file in halves where nothing else validates.
  private static func usual(for files: DatasetSchema.Files) -> Self {
    switch files {
    case .all: .ratio(validation: 0.1, test: 0.1, seed: 1)
    case .separate(_, nil, _): .rowParity
    case .separate: .files
    }
  }

  private static func parity(
    _ section: SchemaNode, _ parity: SchemaNode, _ files: DatasetSchema.Files
  ) throws(SchemaError) -> Self {
    _ = try section.fields(["rowParity"])
    guard try parity.flag() else { throw parity.wrong("true, or absent") }
    switch files {
    case .separate(_, nil, _): return .rowParity
    case .all: throw parity.conflict("files.all", "name a training and a test file")
    case .separate:
      throw parity.conflict("files.validation", "leave the split out: the files are the split")
    }
  }

  private static func ratio(
    _ section: SchemaNode, _ ratio: SchemaNode, _ files: DatasetSchema.Files
  ) throws(SchemaError) -> Self {
    _ = try section.fields(["ratio"])
    let shares = try Self.shares(ratio.fields(of: .ratio))
    try checkOneFile(ratio, files)
    return .ratio(validation: shares.validation, test: shares.test, seed: shares.seed)
  }

  private static func ratioByUser(
    _ section: SchemaNode, _ ratio: SchemaNode, _ files: DatasetSchema.Files
  ) throws(SchemaError) -> Self {
    _ = try section.fields(["ratioByUser"])
    let shares = try Self.shares(ratio.fields(of: .ratioByUser))
    try checkOneFile(ratio, files)
    return .ratioByUser(validation: shares.validation, test: shares.test, seed: shares.seed)
  }

  private static func lastByUser(
    _ section: SchemaNode, _ last: SchemaNode, _ files: DatasetSchema.Files
  ) throws(SchemaError) -> Self {
    _ = try section.fields(["lastByUser"])
    let fields = try last.fields(of: .lastByUser)
    let expected = "a whole number from 1"
    let counts = (
      validation: try fields["validation"]?.whole(1...1000, expected) ?? 1,
      test: try fields["test"]?.whole(1...1000, expected) ?? 1
    )
    try checkOneFile(last, files)
    return .lastByUser(validation: counts.validation, test: counts.test)
  }

  /// Shares of rows that validate and test, and what they are chosen by.
  private static func shares(
    _ fields: SchemaFields
  ) throws(SchemaError) -> (validation: Double, test: Double, seed: UInt64) {
    let share = "a share above 0 and below 1"
    let (validation, test) = (try fields.required("validation"), try fields.required("test"))
    let shares = (try validation.number(share), try test.number(share))
    guard shares.0 > 0, shares.0 < 1 else { throw validation.wrong(share) }
    guard shares.1 > 0, shares.1 < 1 else { throw test.wrong(share) }
    guard shares.0 + shares.1 < 1 else {
      throw test.wrong("a share that leaves rows to train on")
    }
    let seed = try fields["seed"]?.whole(0...UInt64.max, "a whole number from 0") ?? 1
    return (shares.0, shares.1, seed)
  }

  private static func column(
    _ section: SchemaNode, _ files: DatasetSchema.Files, _ format: TableFormat
  ) throws(SchemaError) -> Self {
    let fields = try section.fields(["column", "validation", "test"])
    let column = try fields.required("column")
    let name = try column.name()
    try format.check(column, name)
    let validation = try fields.required("validation").text()
    let test = try fields.required("test")
    guard try test.text() != validation else {
      throw test.wrong("another value than 'split.validation'")
    }
    try checkOneFile(column, files)
    return .column(name, validation: validation, test: try test.text())
  }

  private static func time(
    _ section: SchemaNode, _ time: SchemaNode, _ files: DatasetSchema.Files, _ format: TableFormat
  ) throws(SchemaError) -> Self {
    _ = try section.fields(["time"])
    let fields = try time.fields(of: .time)
    let unit = try fields["unit"].map(TimeUnit.init(schema:))
    let column = try fields.required("column")
    let name = try column.name()
    try format.check(column, name)
    let validation = try fields.required("validationFrom").time(unit)
    let test = try fields.required("testFrom")
    let testFrom = try test.time(unit)
    let isOrderKnown = validation.reading.unit == testFrom.reading.unit
    guard !isOrderKnown || validation.reading < testFrom.reading else {
      throw test.wrong("a time after 'split.time.validationFrom'")
    }
    try checkOneFile(time, files)
    return .time(name, validationFrom: validation, testFrom: testFrom)
  }

  /// Separate files are a split already.
  private static func checkOneFile(
    _ section: SchemaNode, _ files: DatasetSchema.Files
  ) throws(SchemaError) {
    if case .all = files { return }
    throw section.conflict("files.training", "name one file as `all`, or leave the split out")
  }
}

extension SchemaNode {
  /// A date, or a number in the unit of the column.
  fileprivate func time(_ unit: TimeUnit?) throws(SchemaError) -> TimeBound {
    let expected =
      "a date such as 2022-05-04 or 2022-05-04T13:05:00Z, or a number as the column has"
    guard let time = TimeBound(try text(expected), unit: unit) else { throw wrong(expected) }
    return time
  }

  /// This key and another one exclude each other.
  func conflict(_ other: String, _ fix: String) -> SchemaError {
    .conflict(path: path, line: line, key: key, with: other, fix: fix)
  }
}

extension TimeUnit {
  /// The unit of the column of times that a split by time or the interactions name; nil without one.
  init?(of split: SchemaNode?, _ interactions: SchemaNode?) throws(SchemaError) {
    if let node = split?.node["time"]?["unit"], let split {
      self = try Self(schema: SchemaNode(node: node, path: split.path, key: "split.time.unit"))
    } else if let node = interactions?.node["unit"], let interactions {
      self = try Self(
        schema: SchemaNode(node: node, path: interactions.path, key: "interactions.unit"))
    } else {
      return nil
    }
  }

  fileprivate init(schema section: SchemaNode) throws(SchemaError) {
    guard let unit = Self(rawValue: try section.text()) else {
      throw section.wrong(Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = unit
  }
}
