import Datasets
public import Graph
import Layers
import Models
import Objectives

// MARK: - The plans of turns

extension Trainer {
  /// The plan of the tasks that take part in the turn at hand.
  public func trainingExecutor() -> Executor { currentPlan().executor }

  func currentPlan() -> CompiledTurn {
    let turn = state.turn
    let key = CompiledTurn.Key(
      turn: turn.turn, active: turn.active,
      needs: stages.needs(in: turn).subtracting(.summedGradient),
      isApart: stages.keepsApart(in: turn))
    let plan = plan(key)
    turn.termOwners = plan.termOwners
    return plan
  }

  /// The plan of a key, made if it is not there.
  func plan(_ key: CompiledTurn.Key) -> CompiledTurn {
    plans.turn(key) {
      CompiledTurn(
        key,
        trace: TurnTrace(model, tasks: tasks, turn: program.turns[key.turn], key: key),
        program: program, cache: plans, site: stages.site)
    }
  }

  /// Makes the plans of all turns of this epoch, so that no step is the slow one.
  func prepareStep() {
    let turn = state.turn
    let before = (turn.turn, turn.task, turn.active)
    let shares: [Int?] =
      if let task = restriction {
        [task]
      } else if program.alternation == .joint {
        [nil]
      } else {
        tasks.indices.filter { isOn[$0] }
      }
    for number in program.turns.indices where program.turns[number].epochs?.contains(epoch) ?? true
    {
      for task in shares {
        state.enter(number, of: task)
        _ = currentPlan()
      }
    }
    (turn.turn, turn.task, turn.active) = before
  }

  /// A model traced once: its trace, the logits of its tasks, and what is minimised besides their
  /// losses.
  static func trace(
    _ model: any MultiTaskModel, _ tasks: [TaskDefinition], isTraining: Bool
  ) -> (graph: Graph, logits: [Variable], terms: [Term]) {
    let pass = Forward(Graph(), isTraining: isTraining, tasks: tasks.count)
    let logits = model(pass)
    return (pass.graph, logits, pass.terms)
  }

  /// The rows of a step that a turn descends on, and what its random draws begin with.
  func rows(of batch: Batch, in turn: Int) -> Batch {
    var rows = batch
    if case .part(let number, let count) = program.turns[turn].rows {
      rows = batch.part(number, of: count)
    }
    rows = sources.rows(of: turn, at: step, beside: rows)
    rows.draw = state.draws.bits(UInt64(step))
    (state.turn.step, state.turn.epoch) = (step, epoch)
    return rows
  }

  /// Takes the sums of a turn's losses; false if one is not finite.
  func takeSums(of plan: CompiledTurn) -> Bool {
    var isFinite = true
    state.brokenTerm = nil
    for (loss, owner) in zip(plan.losses, plan.owners) {
      let sums = plan.executor.lossSums(task: loss.place, rows: state.turn.batch.rows)
      if isFinite, !sums.loss.isFinite, loss.place >= tasks.count {
        state.brokenTerm = (owner, sums.loss)
      }
      isFinite = isFinite && sums.loss.isFinite
      if loss.place < tasks.count {
        state.turn.sums[loss.place] = sums
      } else {
        state.turn.terms[loss.place - tasks.count] = sums
      }
    }
    return isFinite
  }
}

// MARK: - Gradients that are not followed

extension Trainer {
  /// Computes losses and gradients of all tasks that are on, or of one, without applying them; false
  /// if a loss is not finite.
  @discardableResult public func gradients(_ batch: Batch, of task: Int? = nil) -> Bool {
    state.enter(state.taskTurn, of: task)
    state.turn.task = nil
    let plan = currentPlan()
    let isFinite = descend(plan, batch)
    plan.executor.sumSharedLanes(rows: state.turn.batch.rows)
    return isFinite
  }

  /// A task's gradients of some rows, which leave no trace in what the next step does; other ranks have no
  /// part in it.
  func look(at task: Int, _ batch: Batch, _ body: (Executor) -> Void) {
    let turn = state.turn
    let before = (turn.sums, turn.terms, turn.active, turn.turn, turn.task)
    turn.isLooking = true
    state.enter(state.taskTurn, of: task)
    let plan = currentPlan()
    alone {
      _ = descend(plan, batch)
      body(plan.executor)
    }
    turn.isLooking = false
    (turn.sums, turn.terms, turn.active, turn.turn, turn.task) = before
  }
}

// MARK: - Answers

extension Trainer {
  /// Runs rows forward; outputs are read from the executor until the next call.
  public func forward(_ batch: Batch) -> Executor {
    let executor = evaluation()
    executor.run(sources.answered(batch, by: executor.plan))
    return executor
  }

  /// Runs rows forward, and says what they were with all that the model has of them.
  func answer(_ batch: Batch) -> (executor: Executor, rows: Batch) {
    let (executor, rows) = (evaluation(), sources.answered(batch))
    executor.run(rows)
    return (executor, rows)
  }

  /// What answers for rows.
  func evaluation() -> Executor {
    let executor = answers.evaluation ?? makeEvaluation()
    answers.evaluation = executor
    return executor
  }

  /// What answers for rows, with the numbers of a store of this model; by default its own.
  func makeEvaluation(on other: ParameterStore? = nil) -> Executor {
    let (graph, logits, _) = Self.trace(model, tasks, isTraining: false)
    let answers = tasks.indices.map { (name: Watched.logit(tasks[$0].name), value: logits[$0]) }
    let plan = Plan(
      graph, purpose: .evaluation, roots: [], outputs: graph.watchedValues + answers,
      capacity: evaluationRows)
    return Executor(plan, store: other ?? store, workspace: workspace)
  }

  /// A watched value of the newest step, [rows, width]; nil for tasks that are off.
  public func watched(_ name: Watched) -> (values: UnsafePointer<Float>, width: Int)? {
    let executor = trainingExecutor()
    guard let values = executor.output(name),
      let width = executor.plan.outputs.first(where: { $0.name == name })?.width
    else { return nil }
    return (values, width)
  }

  /// Rows that a step takes at most.
  var capacity: Int { plans.rows }

  /// Rows that ``forward(_:)`` takes at once.
  public var evaluationRows: Int { AnswerPlans.rows(beside: plans.rows) }
}
