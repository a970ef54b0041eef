/// A text column of a chunk whose texts are made from numbers.
struct GroupedColumn {
  /// The place among the text columns.
  let index: Int
  private let grouping: NumberGrouping
  /// The names of the bins, made once.
  private let names: [[UInt8]]

  init(_ grouping: NumberGrouping, index: Int) {
    self.index = index
    self.grouping = grouping
    switch grouping {
    case .wholePart: names = []
    case .bins(let bounds): names = NumberGrouping.names(of: bounds).map { Array($0.utf8) }
    }
  }

  /// The number of a value's category.
  func id(of value: Double, _ interner: inout ByteInterner) -> Int32 {
    switch grouping {
    case .wholePart(let divisor):
      var name = NumberGrouping.name(of: value, divisor: divisor)
      return name.withUTF8 { interner.id(of: $0) }
    case .bins(let bounds):
      let bin = bounds.firstIndex { value < $0 } ?? bounds.count
      return names[bin].withUnsafeBufferPointer { interner.id(of: $0) }
    }
  }
}
