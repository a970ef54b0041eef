import Tensors

// Checksums find damage. Whoever writes wrong numbers writes checksums that fit, so that the numbers by
// which others are found are looked at besides: nothing is read outside of what there is.
extension PackedFolder {
  /// Looks at all ids, numbers of lists, and starts of lists and names; O(rows · fields).
  ///
  /// - Parameter threads: how many look.
  /// - Throws: ``PackError`` that names the file and the first number that cannot be.
  func checkContents(threads: Int) throws(PackError) {
    let data = try dataset()
    try checkNames(data.features)
    var bounds: [Int32] = []
    for (index, field) in data.features.fields.enumerated() {
      bounds.append(try bound(of: field, index, data.training.lists?.tables[index]))
    }
    let pool = WorkerPool(threads: threads)
    for split in RowSplit.allCases { try checkIds(data[split], split, bounds, on: pool) }
  }

  /// Names start one behind the other, within their bytes.
  private func checkNames(_ features: FeatureSchema) throws(PackError) {
    for field in features.fields where !field.categories.isEmpty {
      guard field.categories.count == field.vocabulary else {
        throw wrong(
          PackFacts.fileName,
          "\(field.categories.count) names of the \(field.vocabulary) ids of '\(field.name)'")
      }
    }
    let starts = try storage(PackedFile.nameStarts, of: Int64.self)
    let bytes = try storage(PackedFile.nameBytes, of: UInt8.self)
    try checkRising(starts, upTo: Int64(bytes.count), PackedFile.nameStarts)
  }

  private func checkRising<Number: FixedWidthInteger & BitwiseCopyable>(
    _ starts: Storage<Number>, upTo end: Number, _ name: String
  ) throws(PackError) {
    var last: Number = 0
    for start in starts.elements {
      guard (last...end).contains(start) else {
        throw wrong(name, "a start of \(start) behind one of \(last), of \(end) in all")
      }
      last = start
    }
  }

  /// What the numbers of a field's rows are below: its ids, or its lists, which are looked at.
  private func bound(
    of field: CategoricalField, _ index: Int, _ lists: FieldLists.Table?
  ) throws(PackError) -> Int32 {
    guard (1...Int(Int32.max)).contains(field.vocabulary), (field.list == nil) == (lists == nil)
    else {
      throw wrong(
        PackFacts.fileName, "\(field.vocabulary) ids of '\(field.name)', or lists of another form")
    }
    let vocabulary = Int32(field.vocabulary)
    guard let lists, let shape = field.list else { return vocabulary }
    let (starts, ids) = (PackedFile.listStarts(index), PackedFile.listIds(index))
    guard (1...Int(Int32.max)).contains(lists.starts.count), lists.ids.count <= Int(Int32.max)
    else {
      throw wrong(starts, "\(lists.starts.count) starts of lists")
    }
    try checkRising(lists.starts, upTo: Int32(lists.ids.count), starts)
    guard lists.longest <= shape.longest else {
      throw wrong(
        starts, "a list of \(lists.longest) values, where the longest has \(shape.longest)")
    }
    if let id = lists.ids.elements.first(where: { !(0..<vocabulary).contains($0) }) {
      throw wrong(ids, "the id \(id) of '\(field.name)', which has \(vocabulary)")
    }
    return Int32(lists.starts.count - 1)
  }

  private func checkIds(
    _ rows: Examples, _ split: RowSplit, _ bounds: [Int32], on pool: WorkerPool
  ) throws(PackError) {
    let (ids, width, count) = (rows.ids, bounds.count, rows.count)
    let atOnce = 1 << 14
    let wrongs = ParallelMap<Int?>(count: (count + atOnce - 1) / atOnce) { block in
      for row in (block * atOnce)..<min(count, (block + 1) * atOnce) {
        for field in 0..<width where !(0..<bounds[field]).contains(ids.base[row * width + field]) {
          return row * width + field
        }
      }
      return nil
    }
    wrongs.run(on: pool)
    guard let at = wrongs.results.lazy.compactMap(\.self).first else { return }
    throw wrong(
      RowColumn.ids.fileName(of: split),
      "\(ids.base[at]) in row \(at / width) and field \(at % width), which has \(bounds[at % width])"
    )
  }

  private func wrong(_ name: String, _ what: String) -> PackError {
    .wrong(file: "\(rows)/\(name)", what: what)
  }
}
