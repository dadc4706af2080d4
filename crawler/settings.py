"""Scrapy settings, each with its reason."""

from pathlib import Path

BOT_NAME = "xuncha"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "reports.commands"  # what a person types lives in reports

# -- what a user sets with -s (contract 1) ----------------------------------------------------------------------
DATABASE_URL = "sqlite:///data/inspection.db"  # SQLAlchemy URL of the fact store
DATABASE_WAIT = 120  # seconds that a round waits for a database that is away, then it stops and can be taken up again
OUTPUT_DIR = "output"  # documents go to OUTPUT_DIR/<round>/
PROCESSES = "1"  # processes that walk, each with sites of its own; auto: one a processor core
DNS_SERVERS = ""  # host:port,host:port; empty: the system's
RECHECK_DELAY = None  # seconds to the second look; None: 600, or 1 in the bundled staging city
RULES_PROFILE = "monthly"  # profile in rules/profiles/, or a path
PAGES_PER_SITE = 20000  # the walk's bounds; what was left out is counted and told
DEPTH_LIMIT = 6
KEEP_BODIES = "home,column,article,other"  # classes of pages whose words are kept for the rules; empty: none
READ_ATTACHMENTS = False  # search attachments of the sites' own for personal numbers: they are fetched whole then
ATTACHMENT_BYTES = 2 << 20  # a longer attachment is only checked as a link
IPV6_SAMPLE = 5  # second and third level links asked over IPv6, a site
CONTROL_ADDRESSES = ""  # addresses that answer whenever our own network is up; empty: three public sites; none
DNSSEC_ANCHORS = ""  # DS records to validate from instead of the root keys: a zone of one's own, a resolver under test
CONTACT = "https://github.com/xuncha/xuncha"  # an office puts its telephone or page here: it stands in the User-Agent

# -- many machines (extra [cluster]; deploy/cluster.env says the same to workers) ----------------------------------
CLUSTER_URL = ""  # redis://host:6379/0 or amqp://user:password@host//: the round is walked by workers; empty: here
SLICE_SECONDS = 300  # a worker stays with a site for so long, then others have their turn
LEASE_SECONDS = 60  # a worker that falls silent loses its site after so long
CLUSTER_ROUND = ""  # when beat begins a round, five fields of cron such as 0 2 5 * *; empty: never
CLUSTER_RECHECK = ""  # when it has dead links looked at again
CLUSTER_AVAILABILITY = ""  # when it has the home pages looked at
CLUSTER_INVENTORY = ""  # inventory of the rounds that beat begins; empty: inventory.yaml of its folder

# -- politeness -------------------------------------------------------------------------------------------------
USER_AGENT = "Mozilla/5.0 (compatible; xuncha/0.1; +{contact})"  # who we are; {contact} is filled in
SITE_CONCURRENCY = 2  # requests at a time to one site
HOST_CONCURRENCY = 1  # and to a host that is not ours
SITE_DELAY = 0.25  # seconds between two requests to one site, at least; 0 on loopback, where nobody is disturbed
AUTOTHROTTLE_ENABLED = True  # slower when the site is slower; kept by crawler.walk.pace for all that asks a site
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0
AUTOTHROTTLE_MAX_DELAY = 30
DOWNLOAD_DELAY = 0  # the frontier gives every request its turn
DOWNLOAD_TIMEOUT = 30  # a whole answer; V2 counts 15 seconds for opening a home page, which its own probe measures
ROBOTSTXT_OBEY = False  # our own middleware obeys it site by site, as the inventory says
RETRY_ENABLED = False  # a second look is a fact of its own (contract 4), not a hidden retry
REDIRECT_ENABLED = False  # redirect chains are kept hop by hop
HTTPERROR_ALLOW_ALL = True  # no middleware hides a 404
COOKIES_ENABLED = True  # kept per site

# -- engine -----------------------------------------------------------------------------------------------------
SCHEDULER = "crawler.scheduler.FrontierScheduler"  # the list of addresses is a fact; queues are per site
DOWNLOAD_HANDLERS = {"http": "crawler.downloader.SeeingHandler", "https": "crawler.downloader.SeeingHandler"}
CONCURRENT_REQUESTS = 64  # sites side by side
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # a slot is one site (meta download_slot)
CONCURRENT_ITEMS = 1  # nothing goes through pipelines
TWISTED_REACTOR = (
    "twisted.internet.asyncioreactor.AsyncioSelectorReactor"  # the download handler and probes are asyncio
)
TELNETCONSOLE_ENABLED = False  # a loopback server that runs Python code
REMOTE_CONTROL_ENABLED = False  # the same, on by default since Scrapy 2.19
MEMUSAGE_ENABLED = False  # polls every minute; memory is bounded by design
REFERER_ENABLED = False  # the spider sends the parent itself
HTTPPROXY_ENABLED = False  # a proxy would be judged instead of the site
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}  # the spider yields nothing
DOWNLOADER_MIDDLEWARES_BASE = {  # replaces Scrapy's: each of those does something the walk does itself or must see
    "crawler.middlewares.robots.SiteRobots": 100,
    "crawler.middlewares.cookies.SiteCookies": 700,
}
EXTENSIONS_BASE = {  # replaces Scrapy's
    "scrapy.extensions.corestats.CoreStats": 0,
    "crawler.extensions.collector.QuietCollector": 0,
    "crawler.extensions.anchors.TrustAnchors": 0,
    "reports.terminal.Progress": 10,
    "reports.closing.Closing": 20,
}
LOG_LEVEL = "WARNING"  # the terminal shows progress; -s LOG_LEVEL=INFO gives Scrapy's log
LOGSTATS_INTERVAL = 0

PROJECT_ROOT = Path(__file__).resolve().parent.parent
