public import Datasets
public import Graph
public import Layers
import Objectives

/// CrossDistil: what one task's labels know of another's, taught by way of a teacher.
///
/// Of rows with the same own label some are better than others: those that the other task calls
/// positive. Tasks may contradict each other in this, so the order is not asked of a task's answer
/// r_k but of a teacher r⁺_k beside it, on the same vector h_k of any base. The student learns from
/// the labels and from the teacher's answer as log-odds.
///
///     r_k = head_k(h_k),  r⁺_k = head⁺_k(h_k),  c_k = P_k sg(r⁺_k) + Q_k
///     L⁺_k = 1/(K−1) Σ_j quadruplets(r⁺_k; y_k, y_j)                 ``QuadrupletLoss``
///     L^c_k = BCE(c_k, y_k), which moves P and Q alone               ``PlattScaling``
///     L_k = (1 − α) BCE(r_k, y_k) + α CE(σ(r_k/τ), σ(c̃_k/τ))        ``DistilledLoss``
///
/// With c̃ the teacher is corrected where it is wrong, so both may learn at the same time. By default
/// they take turns in every step (`alternating`): L⁺ moves the base and the teachers' heads, L^c the
/// calibration, L the base and the students' heads, each from what the turn before has left; the
/// base follows one memory of moments; what the base penalises, and the decay of weights, is part of
/// each of the two updates. `joint` moves all of it in one update. `static` has a network
/// of its own as the teacher, which L⁺ and L^c train for some epochs while the student waits, and
/// which stands still from then on.
///
/// Only binary tasks have teachers, and all pairs of them order each other; a regression has its own
/// loss. The labels of a task that is off still order the others' rows. The order of the equations
/// is known, their coefficients are the paper's to our best knowledge: no code was published.
///
/// Yang et al. "Cross-Task Knowledge Distillation in Multi-Task Recommendation." AAAI 2022.
/// arXiv:2202.09852
public struct CrossDistil: MultiTaskModel {
  /// What beside the base a binary task has.
  struct Teacher: Sendable {
    /// The task.
    let task: Int
    /// head⁺.
    let head: Tower
    /// P and Q; nil where the logit is taken as it is.
    let calibration: PlattScaling?
  }

  /// What is given.
  struct Dials: Sendable {
    /// α, τ and m.
    let student: DistilledLoss.Dials
    /// m.
    let margin: Parameter
    /// β₁ and β₂.
    let betas: (above: Parameter, below: Parameter)
  }

  let base: any RepresentationModel
  /// The static teachers' network; nil where they read what the base makes.
  let network: (any RepresentationModel)?
  let teachers: [Teacher]
  let dials: Dials
  let configuration: Configuration
  let names: [String]

  /// Declares the base, the teachers and the dials; the tasks must have passed the check.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.configuration = configuration
    names = tasks.map(\.name)
    let isStatic = configuration.teacher == Teaching.first.rawValue
    let make = Self.base(of: configuration).make
    let base = builder.declare(as: .init(group: Group.base, headGroup: Group.students)) {
      make(configuration, input, tasks, builder)
    }
    self.base = base
    let part = Builder.Part(
      path: isStatic ? Self.staticPart : "", heads: "teachers", group: Group.teachers,
      headGroup: Group.teachers)
    let network =
      isStatic ? builder.declare(as: part) { make(configuration, input, tasks, builder) } : nil
    self.network = network
    teachers = builder.declare(as: part) {
      tasks.indicesWithClasses.map { k in
        Teacher(
          task: k,
          head: network?.towers[k]
            ?? Tower(
              base.towers[k].inputs, base.towers[k].sizes,
              in: builder.heads(of: k) / tasks[k].name),
          calibration: configuration.calibrates
            ? PlattScaling(
              rateFactor: configuration.calibrationRate,
              in: builder.task(k).group(Group.calibrations) / "platt" / tasks[k].name) : nil)
      }
    }
    dials = Self.dials(configuration, builder)
  }

  /// The name of the static teachers' network.
  static let staticPart = "static"

  private static func dials(_ configuration: Configuration, _ builder: Builder) -> Dials {
    typealias Ranges = Configuration
    let margin = builder.dial(
      "margin", "the logit that a teacher's errors are corrected to", in: Ranges.margins,
      start: configuration.margin)
    return Dials(
      student: .init(
        share: builder.dial(
          "alpha", "what soft labels count against hard ones", in: Ranges.shares,
          start: configuration.share),
        temperature: builder.dial(
          "tau", "the temperature of soft labels", in: Ranges.temperatures,
          start: configuration.temperature), margin: margin),
      margin: margin,
      betas: (
        above: builder.dial(
          "beta1", "what the order ++ over +− counts", in: Ranges.shares,
          start: configuration.fineAbove),
        below: builder.dial(
          "beta2", "what the order −+ over −− counts", in: Ranges.shares,
          start: configuration.fineBelow)
      ))
  }

  /// T × [B, 1]: the students' answers.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let h = base.representations(pass.through(in: turns.student))  // T × [B, H]
    let read =
      network?.representations(pass.through(Self.staticPart, in: turns.teacher)) ?? h
    for teacher in teachers { teach(teacher, teacher.head(read[teacher.task]), pass) }
    return zip(base.towers, h).map { head, h in head(h) }
  }

  /// Records what a teacher's logit is moved by, and shows it and its log-odds.
  private func teach(_ teacher: Teacher, _ logit: Variable, _ pass: Forward) {
    let (task, name) = (teacher.task, names[teacher.task])
    let odds = teacher.calibration?(logit) ?? logit.detached()
    pass.watch(logit, as: Self.teacher(of: name))
    pass.watch(odds, as: Self.odds(of: name))
    let half = configuration.pairedRows / 2
    for other in teachers.map(\.task) where other != task {
      pass.minimise("rank.\(name).\(names[other])", of: task, in: turns.teacher) { place in
        logit.quadrupletLoss(
          of: task, with: other, at: place, share: 1 / Float(teachers.count - 1),
          betas: dials.betas, mostPairs: max(1, half * half))
      }
    }
    guard teacher.calibration != nil else { return }
    pass.minimise("calibration.\(name)", of: task, in: turns.calibration) {
      odds.loss(task: task, .crossEntropy, place: $0)
    }
  }

  /// A binary task's by its labels and its teacher, a regression's own.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { k in
      guard let odds = logits[k].graph.watched(Self.odds(of: names[k])) else {
        return logits[k].loss(of: tasks[k], at: k)
      }
      return logits[k].distilledLoss(
        task: k, from: odds, dials: dials.student, corrects: configuration.corrects,
        scalesSoft: configuration.scalesSoft)
    }
  }

  /// What a teacher's own number is watched as.
  static func teacher(of task: String) -> Watched { .part("teachers", .logit(task)) }

  /// What a teacher's calibrated log-odds are watched as.
  static func odds(of task: String) -> Watched { .part("calibrated", .logit(task)) }
}

// MARK: - Turns

extension CrossDistil {
  /// The groups of parameters that turns move.
  enum Group {
    static let (base, teachers, calibrations, students) = (0, 1, 2, 3)
  }

  /// The places of the turns in a step.
  private var turns: (teacher: Int, calibration: Int, student: Int) {
    if configuration.teacher == Teaching.joint.rawValue { return (0, 0, 0) }
    return configuration.calibrates ? (0, 1, 2) : (0, 0, 1)
  }

  /// Teacher, calibration and student, or all of them in one.
  public var program: StepProgram {
    if configuration.teacher == Teaching.joint.rawValue { return StepProgram() }
    let isStatic = network != nil
    let first = configuration.teacherEpochs
    let (teaching, learning) = (0..<first, first..<Int.max)
    let moved = isStatic ? [Group.teachers] : [Group.base, Group.teachers]
    let teacher = Turn(
      "teacher", losses: .terms, moves: Set(moved), epochs: isStatic ? teaching : nil)
    let calibration = Turn(
      "calibration", losses: .terms, moves: [Group.calibrations],
      epochs: isStatic ? teaching : nil)
    let student = Turn(
      "student", moves: [Group.base, Group.students], epochs: isStatic ? learning : nil)
    return StepProgram(
      configuration.calibrates ? [teacher, calibration, student] : [teacher, student])
  }
}

// MARK: - What the base has

extension CrossDistil {
  /// Those of the base, and of the static teachers' network.
  public var penalties: [ParameterPenalty] { base.penalties + (network?.penalties ?? []) }

  /// The base's gates.
  public var gateDeclarations: [GateDeclaration] { base.gateDeclarations }

  /// The base's.
  public func weightFactor(of task: Int, epoch: Int, step: Int) -> Double {
    base.weightFactor(of: task, epoch: epoch, step: step)
  }
}
