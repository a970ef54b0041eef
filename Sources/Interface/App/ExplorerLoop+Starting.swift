import Runs
import Terminal

// How another run takes the place of the one that is shown.

extension ExplorerLoop {
  /// Asks for a run in place of this one, or says why not; the screen goes on meanwhile.
  mutating func start(_ request: StartRequest) -> [Effect] {
    guard let starter else { return app.update(.refused("no other run can be started here")) }
    return follow(request.model, news: .began(request), meanwhile: .starting(request)) {
      try starter.start(request)
    }
  }

  /// Refuses a run that cannot be as asked, while a person is still asked whether it may begin.
  mutating func check(_ request: StartRequest) -> [Effect] {
    guard let preview = starter?.preview(request) else { return [] }
    guard preview.problem.isEmpty else {
      return app.update(.refused(preview.problem.joined(separator: "\n")))
    }
    for note in preview.notes { app.desk.say(note, .warning) }
    return []
  }

  /// Refuses data that cannot be opened, while a person is still asked whether they may be.
  mutating func find(_ name: String) -> [Effect] {
    do {
      try starter?.find(name)
      return []
    } catch {
      return app.update(.refused("\(error)"))
    }
  }

  /// Asks for a run on other data in place of this one; this one goes on until they are read.
  mutating func open(_ name: String) -> [Effect] {
    guard let starter else { return app.update(.refused("no other data can be opened here")) }
    let request = StartRequest(model: app.modelOfRun)
    return follow(request.model, news: .opened(request), meanwhile: .opening(name)) {
      try starter.open(name, request.model)
    }
  }

  /// Looks at the run that is chosen, once it has been for a moment.
  mutating func lookAhead(at time: Double) {
    guard let starter, let wanted = app.wantedPreview else { return }
    if looked?.request != wanted { looked = (wanted, time, false) }
    guard let looked, !looked.isDone, time - looked.at >= Self.lookSeconds || app.hasNoPreview
    else { return }
    self.looked?.isDone = true
    _ = app.update(.previewed(wanted, starter.preview(wanted)))
  }

  /// A list is gone through without a stop at every model.
  private static let lookSeconds = 0.1

  /// Puts the run that was asked for in the place of the one before, once it is there.
  mutating func takeArrival() -> [Effect] {
    guard let (_, news, arrival) = coming else { return [] }
    let arrived: (any TrainingLink)?
    do {
      arrived = try arrival()
    } catch {
      coming = nil
      return app.update(.refused("\(error)"))
    }
    guard let started = arrived else { return [] }
    // What the old run still had to say belongs to it.
    let events = waiting + link.drainEvents()
    let last = app.update(.losses(link.drainLosses())) + app.update(.events(events))
    (link, coming, looked, waiting) = (started, nil, nil, [])
    return last + app.update(news)
  }
}

extension ExplorerLoop {
  /// Begins what ends in another run: the app is told `news` once it is there, `meanwhile` before that,
  /// and what `refuse` makes of a reason why not.
  private mutating func follow(
    _ name: String, news: Input, meanwhile: Input, refuse: (String) -> Input = Input.refused,
    _ begin: () throws -> RunStarter.Arrival
  ) -> [Effect] {
    if let coming { return app.update(refuse("\(coming.name) is being started; wait for it")) }
    do {
      coming = (name, news, try begin())
    } catch {
      return app.update(refuse("\(error)"))
    }
    let arrived = takeArrival()
    return coming == nil ? arrived : app.update(meanwhile)
  }
}

// MARK: - Runs that were kept

extension ExplorerLoop {
  /// Does what is about runs that were kept.
  mutating func lookUp(_ effect: Effect) -> [Effect] {
    switch effect {
    case .listStored: listStored()
    case .openStored(let run): openStored(run)
    case .resume(let run, let step): resume(run, from: step)
    case .rewind(let step): rewind(to: step)
    default: []
    }
  }

  /// Lists the runs that were kept, or says why not.
  private mutating func listStored() -> [Effect] {
    guard let keptRuns else {
      return app.update(.told("no runs are kept here", isRefusal: true))
    }
    do {
      let (runs, remarks) = try keptRuns.list()
      let effects = app.update(.stored(runs))
      guard let first = remarks.first else { return effects }
      let others =
        remarks.count > 1 ? " (and \(remarks.count - 1) more; see mtl-tui runs list)" : ""
      return effects + app.update(.told(inOneLine(first) + others, isRefusal: true))
    } catch {
      return app.update(.told(inOneLine("\(error)"), isRefusal: true))
    }
  }

  /// Reads what was recorded of a run.
  private mutating func openStored(_ run: StoredRun) -> [Effect] {
    guard let keptRuns else { return [] }
    do {
      return app.update(.course(run, try keptRuns.course(run)))
    } catch {
      return app.update(.told(inOneLine("\(error)"), isRefusal: true))
    }
  }

  /// Branches off this run at its last checkpoint at or before a step.
  private mutating func rewind(to step: Int) -> [Effect] {
    guard let keptRuns else {
      return app.update(.told("no runs are kept here", isRefusal: true))
    }
    do {
      guard let own = try keptRuns.list().runs.first(where: \.isOwn) else {
        return app.update(.told("this run is not kept, so it has no checkpoints", isRefusal: true))
      }
      let steps = try keptRuns.course(own).checkpoints
      guard let checkpoint = steps.last(where: { $0 <= step }) else {
        let known = steps.map(grouped).joined(separator: ", ")
        return app.update(
          .told(
            steps.isEmpty
              ? "this run has no checkpoint yet"
              : "no checkpoint at or before step \(grouped(step)); there are \(known)",
            isRefusal: true))
      }
      return resume(own, from: checkpoint)
    } catch {
      return app.update(.told(inOneLine("\(error)"), isRefusal: true))
    }
  }

  /// Goes on with a run that was kept, in place of this one.
  private mutating func resume(_ run: StoredRun, from step: Int?) -> [Effect] {
    guard let keptRuns else { return [] }
    let course: StoredCourse
    do {
      let recorded = try keptRuns.course(run)
      course = recorded.upTo(step ?? recorded.checkpoints.last ?? 0)
    } catch {
      return app.update(.told(inOneLine("\(error)"), isRefusal: true))
    }
    let meanwhile = Input.told("\(run.id) goes on once the run has ended", isRefusal: false)
    return follow(
      run.id, news: .resumed(run, course), meanwhile: meanwhile,
      refuse: { .told($0.split(separator: "\n").joined(separator: " "), isRefusal: true) }
    ) {
      try keptRuns.resume(run, step)
    }
  }

  private func inOneLine(_ message: String) -> String {
    message.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "  ")
  }
}
