"""Every page of the product, by address, for one workspace and product as the database holds them."""

from __future__ import annotations

from analytics.models import Metric
from backlog.models import Round, ScoringModel
from feedback.models import Feedback, FeedbackLink
from ideas.models import Board, Company, Idea, Person
from plm.kinds import all_kinds
from plm.models import ImportBatch, Job, Product, StageRecord
from roadmap.models import RoadmapScenario, Share
from tests.browser.walk import Address

PUBLIC = [
    Address("login", "/accounts/login/", "nobody"),
    Address("signup", "/accounts/signup/", "nobody"),
    Address("password-reset", "/accounts/password/reset/", "nobody"),
    Address("password-reset-done", "/accounts/password/reset/done/", "nobody"),
    Address("password-reset-used", "/accounts/password/reset/key/1-abc/", "nobody"),
    Address("share-unknown", "/share/unknown/", "nobody", 404),
]
PERSONAL = [
    Address("workspaces", "/?all"),
    Address("workspace-new", "/new"),
    Address("profile", "/me"),
    Address("email", "/accounts/email/"),
    Address("password-change", "/accounts/password/change/"),
    Address("two-factor", "/accounts/2fa/"),
    Address("logout", "/accounts/logout/"),
    Address("nowhere", "/no-such-place/", "manager", 404),
]
WORKSPACE = {
    "portfolio": "",
    "portfolio-roadmap": "roadmap",
    "portfolio-roadmap-by-line": "roadmap?lanes=line",
    "product-tree": "products",
    "portfolio-roadmap-by-team": "roadmap?lanes=team&span=104",
    "search": "search?q=alarm",
    "search-empty": "search?q=zzzz",
    "inbox": "inbox",
    "jobs": "jobs",
}
SETTINGS = ["settings/members", "settings/teams", "settings/tokens", "settings/tree"]
PRODUCT = {
    "home": "",
    "triage": "ideas/triage",
    "moderation": "ideas/moderation",
    "moderation-rules": "ideas/moderation/rules",
    "comparison": "competitors/comparison",
    "prioritize": "prioritize/",
    "backlog-as-of": "backlog/as-of?at=2026-11-01",
    "matrix": "prioritize/matrix/",
    "matrix-factors": "prioritize/matrix/?x=effort&y=reach&size=confidence&colour=state&ylog=on",
    "balance": "prioritize/balance",
    "balance-top": "prioritize/balance?scope=top&top=30&by=value",
    "balance-targets": "prioritize/balance/targets",
    "what-if": "prioritize/what-if",
    "scenarios": "prioritize/scenarios",
    "overrides": "prioritize/overrides",
    "plan-to-capacity": "prioritize/plan",
    "scoring-model": "prioritize/model",
    "ranking-line": "prioritize/line",
    "factor-sources": "prioritize/sources",
    "rounds": "prioritize/rounds/",
    "round-new": "prioritize/rounds/new",
    "board": "delivery/board",
    "delivery": "delivery/",
    "timeline": "roadmap/",
    "timeline-by-team": "roadmap/?lanes=team",
    "timeline-by-owner": "roadmap/?lanes=owner&span=13",
    "timeline-by-component": "roadmap/?lanes=component",
    "timeline-critical": "roadmap/?lanes=phase&span=104&critical=1",
    "timeline-five-years": "roadmap/?span=260",
    "roadmap-table": "roadmap/table",
    "roadmap-calendar": "roadmap/calendar",
    "now-next-later": "roadmap/board",
    "releases": "roadmap/releases",
    "timeline-as-of": "roadmap/?at=2026-11-01",
    "now-next-later-as-of": "roadmap/board?at=2026-11-01",
    "roadmap-changes": "roadmap/changes?from=2026-01-01",
    "roadmap-slips": "roadmap/slips",
    "roadmap-forecasts": "roadmap/forecasts",
    "roadmap-scenarios": "roadmap/scenarios",
    "roadmap-scenarios-archived": "roadmap/scenarios?show=archived",
    "shares": "roadmap/shares",
    "promises": "roadmap/promises",
    "digests": "roadmap/digests",
    "communication": "plan/communication",
    "communication-new": "plan/communication/new",
    "status-updates": "plan/updates/",
    "traceability": "traceability/",
    "decisions": "decisions",
    "decisions-none-found": "decisions?q=zzzz",
    "alignment": "plan/alignment",
    "lean-canvas": "plan/canvas/lean",
    "lean-canvas-edit": "plan/canvas/lean/edit",
    "swot": "plan/canvas/swot",
    "business-model": "plan/canvas/business",
    "lifecycle": "plan/lifecycle",
    "phase-plan": "plan/lifecycle/phases/maturity",
    "sunset": "plan/sunset",
    "sunset-edit": "plan/sunset/edit",
    "sunset-ideas": "plan/sunset/ideas",
    "vision": "plan/vision",
    "vision-edit": "plan/vision/edit",
    "analytics": "analytics/",
    "metric-tree": "analytics/tree",
    "intake": "analytics/intake",
    "companies": "customers/",
    "segments": "customers/segments/",
    "segment-new": "customers/segments/new",
    "demand-options": "demand/options",
    "company-new": "customers/new",
    "people": "customers/people/",
    "person-new": "customers/people/new",
    "imports": "import/",
    "settings-product": "settings/product",
    "settings-components": "settings/components",
    "settings-fields": "settings/fields",
    "settings-portal": "settings/portal",
    "settings-spec-templates": "settings/spec-templates",
    "spec-template-new": "settings/spec-templates/new",
    "board-new": "settings/portal/boards/new",
}


def every_page(product: Product) -> list[Address]:
    """All of them, each once: a list, a form and a record of every kind, and the pages of their own."""
    space = product.workspace.get_absolute_url()
    home = product.get_absolute_url()
    pages = [*PUBLIC, *PERSONAL]
    pages += [Address(name, space + rest) for name, rest in WORKSPACE.items()]
    pages.append(Address("product-new", f"{space}products/new", "admin"))
    pages += [Address(rest.replace("/", "-"), space + rest, "admin") for rest in SETTINGS]
    pages += [Address(name, home + rest) for name, rest in PRODUCT.items()]
    pages.append(Address("not-allowed", f"{home}settings/product", "stakeholder", 403))
    for kind in all_kinds():
        pages += _pages_of_kind(kind.name, home + kind.path + "/", kind.model, product)
    told = Round.objects.filter(product=product).order_by("created_at").first()
    pages += [Address("round", told.get_absolute_url())] if told else []
    models = ScoringModel.objects.filter(product=product, method="weighted")
    pages += [Address("model-weighted", f"{home}prioritize/model/{m.uuid}") for m in models]
    pages += [Address("compare", f"{home}prioritize/model/{m.uuid}/compare") for m in models]
    pages += [
        Address("what-if-weights", f"{home}prioritize/what-if?model={m.uuid}") for m in models
    ]
    for share in Share.objects.filter(product=product, revoked_at=None)[:1]:
        at = f"{home}roadmap/shares/{share.uuid}"
        pages += [Address("share-settings", at), Address("share-view-as", f"{at}/view")]
    pages += _scenarios(product, home)
    return [*pages, *_parts(product), *_customers(product), *_portal(product), *_jobs(product)]


def _scenarios(product: Product, home: str) -> list[Address]:
    """The pages of the first scenario of the roadmap, and of an item that it has otherwise."""
    row = RoadmapScenario.objects.filter(product=product, applied_at=None).first()
    if row is None:
        return []
    at = f"{home}roadmap/scenarios/{row.uuid}/"
    below = ("", "?year=2027&span=26", "board", "table", "calendar", "compare", "edit", "duplicate")
    change = row.changes.select_related("item__product").first()
    items = [f"items/{change.item.reference}"] if change else []
    return [Address(f"scenario-{path or 'timeline'}", at + path) for path in (*below, *items)]


def _pages_of_kind(
    name: str, listed: str, model: type[StageRecord], product: Product
) -> list[Address]:
    pages = [Address(f"{name}-list", listed), Address(f"{name}-none", f"{listed}?q=zzzzzz")]
    pages.append(Address(f"{name}-new", f"{listed}new"))
    record = model.objects.filter(product=product, archived_at=None).order_by("number").first()
    if record is not None:
        at = record.get_absolute_url()
        pages.append(Address(name, at))
        pages += [Address(f"{name}-{part}", f"{at}/{part}") for part in ("edit", "history")]
    return pages


def _parts(product: Product) -> list[Address]:
    """Pages below a record that only one kind has."""
    records = {kind.name: kind.model.objects.filter(product=product) for kind in all_kinds()}
    feature = records["item"].filter(type="feature", placement__isnull=False).first()
    story = records["item"].filter(type="story").first()
    idea = records["idea"].filter(archived_at=None).last()
    wanted = [
        ("feature", feature, ""),
        ("place", feature, "/place"),
        ("serves", feature, "/serves"),
        ("sunset-of-item", feature, "/sunset"),
        ("sunset-of-item-edit", feature, "/sunset/edit"),
        ("as-of", feature, "/as-of?at=2026-06-01"),
        ("assess", feature, "/assess"),
        ("score", feature, "/score"),
        ("story", story, ""),
        ("promote", idea, "/promote"),
        ("split", idea, "/split"),
        ("response", idea, "/response"),
        ("case-line-new", records["business_case"].first(), "/lines/new?type=sales"),
        ("case-lines-import", records["business_case"].first(), "/lines/import"),
        ("row-new", records["research"].first(), "/rows/findings/new"),
        ("gate-open", records["gate"].filter(state="open").first(), ""),
        ("gate-decide", records["gate"].filter(state="open").first(), "/decide"),
        ("spec-stories", records["spec"].first(), "/stories"),
        ("requirement-new", records["spec"].first(), "/requirements/new"),
        ("question-new", records["spec"].first(), "/rows/questions/new"),
        ("spec-versions", records["spec"].first(), "/versions"),
        ("metric-readings", Metric.objects.filter(product=product).first(), "/readings"),
        ("metric-drives", Metric.objects.filter(product=product).first(), "/drives"),
        ("metric-values", Metric.objects.filter(product=product).first(), "/values"),
        (
            "feedback-quoted",
            Feedback.objects.filter(
                pk__in=FeedbackLink.objects.filter(feedback__product=product).values("feedback")
            ).first(),
            "",
        ),
    ]
    pages = [
        Address(name, record.get_absolute_url() + part) for name, record, part in wanted if record
    ]
    if feature:
        counted = f"{product.get_absolute_url()}roadmap/forecasts?item={feature.reference}"
        pages.append(Address("forecast", counted))
        behind = f"{product.get_absolute_url()}roadmap/shift?behind={feature.reference}"
        pages.append(Address("shift", behind))
    return pages


def _customers(product: Product) -> list[Address]:
    base = f"{product.get_absolute_url()}customers/"
    pages = []
    company = Company.objects.filter(workspace_id=product.workspace_id).first()
    person = Person.objects.filter(workspace_id=product.workspace_id).first()
    if company:
        pages += [
            Address("company", f"{base}{company.uuid}"),
            Address("company-edit", f"{base}{company.uuid}/edit"),
        ]
    if person:
        pages += [
            Address("person", f"{base}people/{person.uuid}"),
            Address("person-edit", f"{base}people/{person.uuid}/edit"),
            Address("person-erase", f"{base}people/{person.uuid}/erase", "admin"),
        ]
    return pages


def _portal(product: Product) -> list[Address]:
    base = f"/portal/{product.workspace.slug}/{product.key.lower()}/"
    published = Idea.objects.published().filter(product=product).order_by("-responded_at").first()
    board = Board.objects.filter(product=product).order_by("position").first()
    pages = [Address("portal", base, "nobody"), Address("portal-none", f"{base}?q=zzzz", "nobody")]
    pages.append(Address("portal-roadmap", f"{base}roadmap", "nobody"))
    pages.append(Address("portal-submit", f"{base}submit", "nobody"))
    pages.append(Address("portal-german", f"{base}?lang=de", "nobody"))
    pages.append(Address("portal-sign-in", f"{base}sign-in", "nobody"))
    pages.append(Address("portal-votes", f"{base}votes"))
    pages.append(Address("portal-you", f"{base}you", "customer"))
    pages.append(Address("portal-you-none", f"{base}you"))
    pages.append(Address("portal-you-german", f"{base}you?lang=de", "customer"))
    pages.append(Address("portal-changed", f"{base}?sort=changed&lang=en", "nobody"))
    if board:
        settings = f"{product.get_absolute_url()}settings/portal/boards/"
        pages.append(Address("portal-board", f"{base}?board={board.slug}"))
        pages.append(Address("portal-board-submit", f"{base}submit?board={board.slug}"))
        pages.append(Address("board-edit", f"{settings}{board.uuid}"))
    if published:
        pages.append(Address("portal-idea", f"{base}ideas/{published.number}", "nobody"))
    return pages


def _jobs(product: Product) -> list[Address]:
    space = product.workspace.get_absolute_url()
    job = Job.objects.filter(workspace_id=product.workspace_id).last()
    batch = ImportBatch.objects.filter(product=product).last()
    pages = [Address("job", f"{space}jobs/{job.uuid}")] if job else []
    if batch:
        pages.append(Address("import", f"{product.get_absolute_url()}import/{batch.uuid}/"))
    return pages
