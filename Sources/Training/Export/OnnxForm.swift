import Graph

/// How one kind of operation is written in ONNX, or why it is not.
struct OnnxForm: Sendable {
  /// Adds nodes that compute an operation's output, and returns the output's name; nil for an
  /// operation of another type, and for a lookup of ids that stand in no field.
  typealias Write = @Sendable (any Operation, inout OnnxTrace, OnnxCall) -> String?

  /// The operations that it is for.
  let type: any Operation.Type
  /// Writes one; nil where there is no form.
  let write: Write?
  /// Why there is none.
  let refusal: String

  /// Operations that have a form.
  static func form<Own: Operation>(
    _ type: Own.Type, _ write: @escaping @Sendable (Own, inout OnnxTrace, OnnxCall) -> String?
  ) -> OnnxForm {
    OnnxForm(
      type: type,
      write: { operation, trace, call in
        (operation as? Own).flatMap { write($0, &trace, call) }
      }, refusal: "")
  }

  /// Operations that have none, and why.
  static func none<Own: Operation>(_ type: Own.Type, _ refusal: String) -> OnnxForm {
    OnnxForm(type: type, write: nil, refusal: refusal)
  }

  /// The form of an operation; nil if nobody has thought of it.
  static func of(_ operation: any Operation) -> OnnxForm? {
    let own = ObjectIdentifier(Swift.type(of: operation))
    return all.first { ObjectIdentifier($0.type) == own }
  }
}

/// An operation's index in a trace: what it reads and how wide that is.
struct OnnxCall {
  /// The names of the inputs, [B, n] each, or [1, n] where they depend on no row.
  let inputs: [String]
  /// Numbers in a row of each input.
  let widths: [Int]
  /// Numbers in a row of the output.
  let width: Int

  /// The first input.
  var x: String { inputs[0] }
}

// MARK: - All operations

extension OnnxForm {
  /// Every operation that there is.
  ///
  /// A test compares the list with the sources: whoever adds an
  /// operation says here how it is written, or why it is not.
  static let all: [OnnxForm] =
    reading + products + rows + experts + attention + sequences + others

  /// Operations on the entries of a row: systems that read texts read them beside the columns of a
  /// row, which an exported model is not given.
  private static let sequences: [OnnxForm] = {
    let unread = "it works on texts that are gathered beside a row, which a file is not given"
    return [
      none(CarriedRows.self, unread), none(ChosenIds.self, unread),
      none(ComputedLookup.self, unread), none(DrawnIds.self, unread),
      none(RaggedIds.self, unread), none(EndEntry.self, unread), none(EntrySoftmax.self, unread),
      none(PairProducts.self, unread), none(WordSums.self, unread),
      none(ConvolutionMax.self, unread), none(FactorisationMachine.self, unread),
      none(GRU.self, unread), none(IsPresent.self, unread), none(MaskedSoftmax.self, unread),
      none(PairLogits.self, unread), none(SegmentSum.self, unread), none(Spread.self, unread),
      none(StraightThrough.self, "it draws random numbers, which only training does"),
    ]
  }()

  private static let others: [OnnxForm] =
    [
      none(Bernoulli.self, "it draws random numbers, which only training does"),
      none(DotProducts.self, "it reads what is drawn beside a row, which only training does"),
      none(Dropout.self, "it drops units at random, which only training does"),
    ] + losses
}
