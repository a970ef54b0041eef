/// The choices of a model with gates.
public protocol GatedConfiguration: ModelConfiguration {
  /// Temperature, dropout and load balance.
  var gate: GateOptions { get set }
}

extension GatedConfiguration {
  /// The options of gates by name.
  static var gateOptions: [ModelOption<Self>] {
    [
      ModelOption(
        "temperature", .number(\.gate.temperature, in: GateOptions.temperatures),
        "T of the gates' softmax(x·W / T)"),
      ModelOption(
        "gate-dropout", .number(\.gate.dropout, in: GateOptions.shares),
        "the share of experts that a gate drops in training"),
      ModelOption(
        "balance", .number(\.gate.balance, in: GateOptions.strengths),
        "the strength of the load-balancing loss"),
    ]
  }
}
