/// A parameter as a row of its own: y = θ, one row whatever the batch.
///
///     y = θ                                    θ [n], y [1, n]
///     dθ = dy
///
/// What is computed from it alone is computed once a block of rows and not once a row, until
/// ``Repetition`` spreads it over the rows.
public struct ParameterRow: Operation {
  /// θ.
  public let parameter: Parameter
  /// n.
  public let count: Int

  /// A parameter of n numbers as a row.
  public init(_ parameter: Parameter, count: Int) {
    self.parameter = parameter
    self.count = count
  }

  /// The name in profiles and messages.
  public var name: String { "parameter" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// θ.
  public var parameters: [Parameter] { [parameter] }
  /// It is.
  public func extent(of inputs: [Extent]) -> Extent { .block }
  /// n.
  public func width(of inputs: [Int]) -> Int { count }

  /// Copies the parameter.
  public func forward(_ call: Call) {
    call.output.base.update(from: call.value(0), count: count)
  }

  /// Adds the row's gradient to the parameter's.
  public func backward(_ call: Call) {
    let (from, to) = (call.outputGradient.base, call.gradient(0))
    if call.accumulatesParameters {
      RowArithmetic.add(1, from, to: to, count)
    } else {
      to.update(from: from, count: count)
    }
  }
}

/// One row for every row of the batch.
///
///     y_i = x                                  x [1, n], y [B, n]
///     dx = Σ_i dy_i
public struct Repetition: Operation {
  /// One row for every row of the batch.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "repetition" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// Its rows are the batch's.
  public func extent(of inputs: [Extent]) -> Extent { .rows }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Copies the row.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: x.base, count: call.outputWidth)
    }
  }

  /// Adds the rows up.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    if !dx.accumulates { dx.base.update(repeating: 0, count: call.outputWidth) }
    for row in 0..<call.rows {
      RowArithmetic.add(1, dy.base + row * dy.stride, to: dx.base, call.outputWidth)
    }
  }
}

extension Graph {
  /// A parameter of n numbers as a row; see ``ParameterRow``.
  public func row(of parameter: Parameter, count: Int) -> Variable {
    record(ParameterRow(parameter, count: count), [])
  }
}

extension Variable {
  /// A row that was computed from parameters alone, for every row of the batch; see
  /// ``Repetition``.
  public func repeated() -> Variable { graph.record(Repetition(), [self]) }
}
