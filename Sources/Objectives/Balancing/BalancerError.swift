internal import Runs

/// Why a balancer cannot be used as asked.
public enum BalancerError: Error, Equatable, Sendable {
  /// No balancer of this name.
  case unknownBalancer(String, near: String?, known: [String])
  /// The balancer has no choice of this name.
  case unknownOption(balancer: String, option: String, near: String?, known: [String])
  /// A choice does not take this value.
  case badValue(balancer: String, option: String, found: String, expected: String)
  /// The choice holds from the first step on.
  case notLive(balancer: String, option: String)
  /// It cannot be used with what the run does.
  case refused(balancer: String, BalancerRefusal)
}

/// What a balancer cannot be used with.
public enum BalancerRefusal: Equatable, Sendable {
  /// Tasks take turns, so that no step has the gradients of two.
  case turns(String)
  /// No parameter is moved by two tasks, so that there is nothing to weigh.
  case nothingShared(model: String)
  /// The model is fitted and takes no steps.
  case fitted(model: String)
  /// A wrapper around itself or around what gives no weights by task.
  case inner(String)
}

extension BalancerError: CustomStringConvertible {
  /// Where, what was found, and how to mend it.
  public var description: String {
    switch self {
    case .unknownBalancer(let name, let near, let known):
      """
      --balancer: no balancer '\(name)'.
        known: \(known.joined(separator: ", "))
        fix:   \(near.map { "did you mean '\($0)'?" } ?? "choose one of these")
      """
    case .unknownOption(let balancer, let option, _, let known) where known.isEmpty:
      """
      --set balancer.\(option): \(balancer) has no option '\(option)'.
        known: none
        fix:   leave it out
      """
    case .unknownOption(let balancer, let option, let near, let known):
      """
      --set balancer.\(option): \(balancer) has no option '\(option)'.
        known: \(known.joined(separator: ", "))
        fix:   \(near.map { "did you mean 'balancer.\($0)'?" } ?? "choose one of these")
      """
    case .badValue(let balancer, let option, let found, let expected):
      """
      --set balancer.\(option): \(balancer) cannot use this value.
        found: \(found.isEmpty ? "nothing" : found)
        fix:   give \(expected)
      """
    case .notLive(let balancer, let option):
      """
      --set balancer.\(option): \(balancer) takes it at the start only.
        found: a change while the model trains
        fix:   start with --set balancer.\(option)=…
      """
    case .refused(let balancer, let refusal): "--balancer \(balancer): \(refusal)"
    }
  }

  /// The error of a name that no balancer has.
  static func unknown(_ name: String, among known: [String]) -> BalancerError {
    .unknownBalancer(name, near: nearest(to: name, in: known), known: known)
  }

  /// The error of a choice that a balancer does not have.
  static func unknown(
    option: String, of balancer: String, among known: [String]
  ) -> BalancerError {
    .unknownOption(
      balancer: balancer, option: option, near: nearest(to: option, in: known), known: known)
  }
}

extension BalancerRefusal: CustomStringConvertible {
  /// What it cannot be used with, what was found, and how to mend it.
  public var description: String {
    switch self {
    case .turns(let alternation):
      """
      it weighs tasks that train together.
        found: tasks that take turns (\(alternation))
        fix:   take --balancer equal or fixed, or let the tasks train jointly
      """
    case .nothingShared(let model):
      """
      it weighs gradients of what tasks share.
        found: \(model), whose tasks share no parameters
        fix:   take --balancer equal or fixed, or a model that shares
      """
    case .fitted(let model):
      """
      it weighs gradient steps.
        found: \(model), which is fitted without steps
        fix:   leave --balancer out, or take another model
      """
    case .inner(let name):
      """
      it smooths the weights that another balancer gives to tasks.
        found: \(name)
        fix:   take --set balancer.inner=pcgrad or another that gives weights by task
      """
    }
  }
}
