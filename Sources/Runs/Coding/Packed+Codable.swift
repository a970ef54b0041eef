// Values whose form in memory is not the one to write: many cells, inner products, few kept numbers.

extension ModelView.Bitmap: Codable {
  private enum CodingKeys: String, CodingKey {
    case rows, columns, cells, kinds, wholeRows, wholeColumns
  }

  /// Writes the cells as one text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(packing: cells, forKey: .cells)
    try container.encode(kinds, forKey: .kinds)
    try container.encode(whole.rows, forKey: .wholeRows)
    try container.encode(whole.columns, forKey: .wholeColumns)
  }

  /// Reads cells, of which there must be as many as rows times columns.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      rows: try container.decode(Int.self, forKey: .rows),
      columns: try container.decode(Int.self, forKey: .columns),
      cells: try container.decodePacked(forKey: .cells),
      kinds: try container.decode([Kind].self, forKey: .kinds),
      whole: (
        try container.decode(Int.self, forKey: .wholeRows),
        try container.decode(Int.self, forKey: .wholeColumns)
      ))
    let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
    guard !overflows, count == cells.count, cells.allSatisfy({ $0 < kinds.count }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .cells, in: container,
        debugDescription: "\(cells.count) cells of \(kinds.count) kinds in \(rows) × \(columns)")
    }
  }
}

extension MaskMap: Codable {
  private enum CodingKeys: String, CodingKey { case window, step, bitmap, isKept }

  /// Writes which weights are kept as one text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(window, forKey: .window)
    try container.encode(step, forKey: .step)
    try container.encode(bitmap, forKey: .bitmap)
    try container.encode(packing: isKept.map { $0 ? 1 : 0 }, forKey: .isKept)
  }

  /// Reads a part of a map.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      window: try container.decode(MaskWindow.self, forKey: .window),
      step: try container.decode(Int.self, forKey: .step),
      bitmap: try container.decode(ModelView.Bitmap.self, forKey: .bitmap),
      isKept: try container.decodePacked(forKey: .isKept).map { $0 != 0 })
    guard isKept.isEmpty || isKept.count == bitmap.cells.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .isKept, in: container,
        debugDescription: "\(isKept.count) weights for \(bitmap.cells.count) cells")
    }
  }
}

extension GramMatrix: Codable {
  private enum CodingKeys: String, CodingKey { case count, products }

  /// Writes the products, row after row.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(count, forKey: .count)
    try container.encode(products, forKey: .products)
  }

  /// Reads products, of which there must be one for each two tasks.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try container.decode(Int.self, forKey: .count)
    let products = try container.decode([Double].self, forKey: .products)
    let (needed, overflows) = count.multipliedReportingOverflow(by: count)
    guard count >= 0, !overflows, products.count == needed else {
      throw DecodingError.dataCorruptedError(
        forKey: .products, in: container,
        debugDescription: "\(products.count) products of \(count) tasks")
    }
    self.init(products, count: count)
  }
}

extension LossSpread: Codable {
  /// Writes the numbers that are kept, the smallest first.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for index in 0..<kept { try container.encode(self[index]) }
  }

  /// Reads finite numbers, at most ``capacity`` and none smaller than the one before.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var numbers: [Float] = []
    while !container.isAtEnd { numbers.append(try container.decode(Float.self)) }
    guard let spread = LossSpread(ascending: numbers) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(numbers.count) numbers are no spread of losses")
    }
    self = spread
  }
}

extension KeepRule: Codable {
  /// Writes what `--keep` takes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Reads what `--keep` takes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(KeepError) {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }
}
