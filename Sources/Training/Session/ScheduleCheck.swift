import Datasets
import Objectives
import Runs

/// What a run has that a command may name.
struct CommandNames {
  /// The tasks' names.
  let tasks: [String]
  /// The numbers that may be changed.
  let dials: [Dial]
  /// How many experts its gates have; nil for a model without.
  let expertCount: Int?
  /// Whether its tasks have masks.
  var hasMasks = false
  /// What balancers may be chosen by; nil: none may.
  var balancing: BalancingContext?
  /// Whether it is fitted at once, so that no step is there to change anything at.
  var isFitted = false

  /// Looks at every command of a schedule before the first step.
  ///
  /// - Throws: ``ScheduleError`` for the first that names what the run has not.
  func check(_ schedule: [TrainingConfiguration.Scheduled]) throws(ScheduleError) {
    for scheduled in schedule {
      guard let problem = problem(with: scheduled.command) else { continue }
      throw ScheduleError(scheduled: scheduled, problem: problem)
    }
  }

  private func problem(with command: Command) -> ScheduleError.Problem? {
    if isFitted { return command == .stop ? nil : .fitted }
    switch command {
    case .setTask(let name, _), .setTaskWeight(let name, _), .shadow(let name):
      return tasks.contains(name) ? nil : .unknown("task", name, known: tasks)
    case .setDial(let name, let value):
      guard let dial = dials.first(where: { $0.name == name }) else {
        return .unknown("dial", name, known: dials.map(\.name))
      }
      return dial.range.contains(value) ? nil : .outside(dial, value)
    case .setBalancer(let balancer), .shadowUnder(let balancer):
      return balancing.flatMap { $0.error(balancer) }.map { .balancer($0) }
    case .knockOut(let expert):
      guard let expertCount else { return .noExperts }
      return expert < expertCount ? nil : .noExpert(expert, count: expertCount)
    case .knockOutAll: return expertCount == nil ? .noExperts : nil
    case .thinMask(let name, _):
      guard hasMasks else { return .noMasks }
      return tasks.contains(name) ? nil : .unknown("task", name, known: tasks)
    case .together(let commands): return commands.lazy.compactMap { self.problem(with: $0) }.first
    case .pause, .resume, .step, .setPace, .stop, .setLearningRateFactor, .evaluate, .undo, .redo,
      .cancel, .dropShadow:
      return nil
    }
  }
}

/// A scheduled command that the run could never obey.
struct ScheduleError: Error, Equatable {
  /// What is wrong with it.
  enum Problem: Equatable {
    /// It names a task or a dial that there is not.
    case unknown(String, String, known: [String])
    /// It turns a dial further than it goes.
    case outside(Dial, Double)
    /// The balancer cannot be used.
    case balancer(BalancerError)
    /// The model has no experts.
    case noExperts
    /// It names an expert that there is not.
    case noExpert(Int, count: Int)
    /// The model has no masks.
    case noMasks
    /// The model is fitted, not trained.
    case fitted
  }

  let scheduled: TrainingConfiguration.Scheduled
  let problem: Problem
}

extension ScheduleError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  var description: String {
    "--at \(scheduled.words): " + problem.words
  }
}

extension TrainingConfiguration.Scheduled {
  /// `500:task.off=click`, as it was asked for, harmless.
  var words: String { "\(step):\(printable("\(command)"))" }
}

extension ScheduleError.Problem {
  fileprivate var words: String {
    switch self {
    case .unknown(let kind, let name, let known):
      let near = nearest(to: name, in: known).map { "did you mean '\(printable($0))'?" }
      return """
        this run has no \(kind) of that name.
          found: '\(printable(name))'
          known: \(known.isEmpty ? "none" : known.map(printable).joined(separator: ", "))
          fix:   \(near ?? (known.isEmpty ? "leave it out" : "choose one of these"))
        """
    case .outside(let dial, let value):
      return """
        the dial does not go so far.
          found: \(value)
          fix:   \(printable(dial.name)) takes numbers from \(dial.least) to \(dial.most)
        """
    case .balancer(let error): return "\(error)"
    case .noExperts:
      return """
        this model has no experts that could be left out.
          found: a model without gates
          fix:   leave it out, or choose a model with gates, such as mmoe
        """
    case .noMasks:
      return """
        this model has no masks that could be thinned.
          found: a model whose tasks share all weights
          fix:   leave it out, or choose a model with masks, such as sparse-sharing
        """
    case .noExpert(let expert, let count):
      return """
        there is no expert of that number.
          found: \(expert)
          fix:   the model has experts 0 to \(count - 1)
        """
    case .fitted:
      return """
        this model is fitted at once, so there are no steps to change anything at.
          found: a command for a step
          fix:   leave it out, or choose a model that is trained
        """
    }
  }
}

// MARK: - At the end
extension TrainingRun {
  /// Says which scheduled commands were never due, since the run ended before.
  func noticeUnreached(at step: Int) {
    for scheduled in unreached {
      session.events.append(
        .noticed(
          "--at \(scheduled.words) was not reached: the run ended at step \(step)", step: step))
    }
  }
}
