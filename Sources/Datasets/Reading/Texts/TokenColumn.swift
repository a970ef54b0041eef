/// The texts of a chunk's rows as tokens, which are numbered within the chunk.
///
/// Texts themselves are not kept.
struct TokenColumn {
  /// Where each row's tokens start, one more than there are rows.
  private(set) var starts: [Int32] = [0]
  /// The numbers of all tokens, row after row.
  private(set) var tokens: [Int32] = []
  /// By row, whether its text has more tokens than are kept.
  private(set) var isCut: [Bool] = []
  /// What the tokens are, by number.
  private(set) var words = ByteInterner()
  private var tokenizer: ByteTokenizer
  private let most: Int

  init(_ rule: DatasetSchema.Text) {
    tokenizer = ByteTokenizer(rule.tokenizer)
    most = rule.maximumTokens
  }

  /// Appends the text of the next row.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    var left = most
    var isCut = false
    tokenizer.cut(text) { token in
      guard left > 0 else {
        isCut = true
        return false
      }
      left -= 1
      tokens.append(words.id(of: token))
      return true
    }
    self.isCut.append(isCut)
    starts.append(Int32(tokens.count))
  }

  /// Appends a row without a text.
  mutating func appendNothing() {
    isCut.append(false)
    starts.append(Int32(tokens.count))
  }

  /// The numbers of a row's tokens.
  subscript(row: Int) -> ArraySlice<Int32> { tokens[Int(starts[row])..<Int(starts[row + 1])] }

  /// About how much memory it takes.
  var bytes: Int { 4 * (starts.capacity + tokens.capacity) + isCut.capacity + words.bytes }
}
