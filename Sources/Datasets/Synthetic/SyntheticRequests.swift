internal import Tensors

/// Makes the requests of a log, each from its number alone.
struct SyntheticRequests: Sendable {
  let world: SyntheticWorld
  let count: Int
  let design: SyntheticDesign
  private let draws: SyntheticDraws
  private let laws: SyntheticLaws

  /// Draws the world; requests are made when asked for.
  init(_ population: SyntheticPopulation, count: Int, seed: UInt64, design: SyntheticDesign) {
    self.design = design
    self.count = count
    world = SyntheticWorld(population, seed: seed)
    laws = SyntheticLaws(design)
    draws = SyntheticDraws(seed: seed)
  }

  /// The impressions of a request, slot 1 first.
  func callAsFunction(_ request: Int) -> [SyntheticImpression] {
    let r = UInt64(request)
    let user = world.activeUser(draws.user.uniform(r))
    let device = draws.device.uniform(r) < design.secondDeviceShare ? 1 : 0
    let isRandom = draws.random.uniform(r) < design.randomShare
    let group = SyntheticGroup(device: device, segment: world.users[user].segment)
    let shown = ranked(candidates(r), for: user, of: group, request: r, isRandom: isRandom)
    return shown.enumerated().map { index, item in
      let row = SyntheticImpression(
        request: request, user: user, item: item, device: device, slot: index + 1,
        isRandom: isRandom)
      return observed(row, of: group)
    }
  }

  /// The hour of the day of a request: requests come evenly over the log's days.
  func hour(ofRequest request: Int) -> Int {
    request * SyntheticDesign.days * 24 / count % 24
  }

  /// The device and segment of a row.
  func group(of row: SyntheticImpression) -> SyntheticGroup {
    SyntheticGroup(device: row.device, segment: world.users[row.user].segment)
  }

  /// The day of a request, from 0.
  func day(ofRequest request: Int) -> Int { request * SyntheticDesign.days / count }

  /// The split that a request's time puts it in.
  func split(ofRequest request: Int) -> SyntheticSplit {
    let time = Double(request) / Double(count)
    if time < design.splitEnds.training { return .train }
    return time < design.splitEnds.validation ? .validation : .test
  }
}

/// The parts of the log by request time.
enum SyntheticSplit: String, CaseIterable, Sendable {
  case train, validation, test

  var index: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    }
  }
}

// MARK: - The list shown
extension SyntheticRequests {
  /// Different items, drawn by popularity.
  private func candidates(_ request: UInt64) -> [Int] {
    var items: [Int] = []
    items.reserveCapacity(SyntheticDesign.slots)
    var draw: UInt64 = 0
    while items.count < SyntheticDesign.slots {
      let item = world.popularItem(draws.candidate.uniform(request, draw))
      draw += 1
      if !items.contains(item) { items.append(item) }
    }
    return items
  }

  /// The logging policy: by z_click + noise, or by noise alone.
  private func ranked(
    _ items: [Int], for user: Int, of group: SyntheticGroup, request: UInt64, isRandom: Bool
  ) -> [Int] {
    let scored = items.enumerated().map { index, item in
      let noise = SyntheticDesign.policyNoise * draws.policy.normal(request, UInt64(index))
      let relevance =
        isRandom ? 0 : laws.affinity(.click, world.experts(user, item), in: group)
      return (item: item, score: relevance + noise)
    }
    return scored.sorted { ($0.score, $1.item) > ($1.score, $0.item) }.map(\.item)
  }
}

// MARK: - What happens
extension SyntheticRequests {
  /// Adds the true chances and the outcomes.
  private func observed(
    _ row: SyntheticImpression, of group: SyntheticGroup
  ) -> SyntheticImpression {
    var row = row
    let experts = world.experts(row.user, row.item)
    row.chances = laws.chances(
      experts, row, in: group, duration: world.items[row.item].duration)
    row.outcome = outcome(row)
    return row
  }

  /// Draws every outcome as if clicked, then lets the funnel decide what the log sees.
  private func outcome(_ row: SyntheticImpression) -> SyntheticOutcome {
    let (i, j) = (UInt64(row.request), UInt64(row.slot))
    let chances = row.chances
    let cart = draws.cart.uniform(i, j) < chances.cart
    let purchase = cart && draws.purchase.uniform(i, j) < chances.purchase
    var outcome = SyntheticOutcome(potentialPurchase: purchase)
    guard draws.click.uniform(i, j) < chances.click else { return outcome }
    outcome.click = true
    outcome.cart = cart
    outcome.purchase = purchase
    outcome.like = draws.like.uniform(i, j) < chances.like
    outcome.share = draws.share.uniform(i, j) < chances.share
    outcome.watchTenths = watchTenths(row, noise: draws.watch.normal(i, j))
    return outcome
  }

  /// min(exp(μ + 0.7 ε), 3) · duration, to a tenth of a second.
  private func watchTenths(_ row: SyntheticImpression, noise: Double) -> Int {
    let share = min(
      exponential(row.chances.watch + SyntheticDesign.watchNoise * noise),
      SyntheticDesign.watchCap)
    return Int((10 * share * Double(world.items[row.item].duration)).rounded())
  }
}

/// The streams that requests draw from.
struct SyntheticDraws: Sendable {
  let user, device, random, candidate, policy: RandomSource
  let click, cart, purchase, like, share, watch: RandomSource

  /// The streams under a seed.
  init(seed: UInt64) {
    user = SyntheticStream.requestUser.source(seed: seed)
    device = SyntheticStream.requestDevice.source(seed: seed)
    random = SyntheticStream.requestRandom.source(seed: seed)
    candidate = SyntheticStream.candidate.source(seed: seed)
    policy = SyntheticStream.policy.source(seed: seed)
    click = SyntheticStream.click.source(seed: seed)
    cart = SyntheticStream.cart.source(seed: seed)
    purchase = SyntheticStream.purchase.source(seed: seed)
    like = SyntheticStream.like.source(seed: seed)
    share = SyntheticStream.share.source(seed: seed)
    watch = SyntheticStream.watch.source(seed: seed)
  }
}
