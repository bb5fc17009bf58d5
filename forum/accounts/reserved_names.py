"""Usernames that nobody may take: they would pass for the site, for its people, or for an address of ours."""

import re

_ADDRESSES = """
    about access account accounts admin ads advertise advertising affiliate affiliates ajax alert alerts amp analytics api
    app apps archive archives article articles asc assets atom audience audiences auth authentication authorize avatar
    backup banner banners billing billings blog blogs board boards bookmark bookmarks business buy cache calendar campaign
    captcha careers cart cas categories category cgi challenge change channel channels chart chat checkout claim claims
    clear client close collegium comment comments communities community compare compose confirm connect connections
    contact contest conversation conversations cookie cookies copy copyright count create css curve customer customers
    customize dashboard deals debug delete demo desc desk destroy digest digests directory disconnect discuss discussion
    discussions docs documentation domain download downloads downvote draft drafts drop edit editor editors email
    enterprise entries entry error errors event events example exception exit explore export extensions false family faq
    faqs feature features feed feedback feeds file files filter flag flags follow follower followers following fonts
    forgot form forms forum forums friend friends front get git go graphql group groups guidelines guides head header
    health healthz help hide home home-page http https icons images img import imports inbox index info insert investors
    invitation invitations invite invites invoice issue issues jobs join json language languages law lead learn legal
    library license licensing like likes limit links list lists live load lock log login logout logs magazine mail
    maintenance manifest map marketing marketplace mbox media meeting meetings member members membership memberships
    mention mentions mentor mentoring mentors message messages metrics migrations mine mobile moderation modify more my
    network new news newsletter newsletters next notification notifications oauth oembed offer offers online open openid
    order orders organization organizations overview page pages partners password passwords path pay payment payments
    people permalink person photo photos pin pixel plans plugins policies policy poll polls popular portal portfolio post
    posts preferences premium press preview previous pricing print privacy private prod product production profile
    profiles project projects public purchase put quota quote reaction reactions read readyz redirect reduce refund
    refunds region register registration remove render replies reply report reports request reset resource resources
    response restore return returns revision revisions roster rss rules sales save script sdk search secure section
    sections security select series services session sessions setting settings setup share shift shop show sign signin
    signout signup site sitemap sites socket sockets sort source sql start stat static statistics stats status store
    story style styles stylesheet stylesheets subdomain subscribe survey sync tablet tag tags terms testimonials theme
    themes thread threads today token tokens tools top topic topics tour training translate translations trending unfollow
    unlike unpin unread unsubscribe update updates upgrade upload uploads user username users value var verify video view
    views visitor void vote votes wallet watch watching web webhook webhooks website widget widgets wiki worker write year
    terms-of-use about-us change-password forgot-password lost-password privacy-policy reset-password request-password
"""
_MACHINES = """
    abuse aes alpha anonymous autoconfig autodiscover beta bbs broadcasthost cdn cert cgi-bin client-server cloud cms com config
    cp cpanel crossdomain daemon data database db dev developer developers dns everybody everyone exec exports ftp ghost
    guest guests here host hosting hostmaster htaccess htpasswd httpd humans imap index-page information internal isatap
    keybase local localdomain localhost mailer mailer-daemon mailing-list me mis mx myself net nil nobody noc none noreply
    no-reply ns ntp null operator ops owa passwd pgp pop postfix private-message proxy review reviews robot robots rsa
    self server sftp smtp ssh ssl stage staging su sudo sys telnet test tester testing tls tmp true trial trust umac
    undefined unknown usenet uucp vpn wpad www www-data you your yourname yourusername zlib all bot bots former
    former-member add ad webmail
"""
_OFFICES = """
    admin admins administration administrator administrators board-member chair chairman chairperson chairwoman committee
    council editor-in-chief expert help-desk helpdesk it manager master mod mods moderator moderators office official owner
    owners postmaster poweruser president princip principal rector root root-admin root-user script-admin
    secretariat secretary security security-team society staff super superuser support support-team sysadmin sysop system
    team treasurer webmaster
"""
_RESERVED = frozenset(re.sub(r"[._-]", "", name) for name in (_ADDRESSES + _MACHINES + _OFFICES).split())
_OFFICE_NAMES = frozenset(re.sub(r"[._-]", "", name) for name in _OFFICES.split())
_ENDINGS = re.compile(r"\.(?:txt|xml|ico|json|html?|js|css|php|atom|rss|ics|png|svg|map)$")
_TECHNICAL = re.compile(
    r"(?:dns|ns|mx|mail|www|smtp|imap|pop|oauth)\d{1,2}|(?:aes|chacha|curve|diffie|ecdh|hmac|rsa|ssh|umac)\d*-.+"
)
_NUMBERS = re.compile(r"\d{1,4}$")
_BEFORE = re.compile(r"^(?:the|official|real|site|forum|society|web|sys|ssl|root|staff|mod|admin|collegium)")


def is_reserved(username: str) -> bool:
    """Whether the name is kept back; for an office also with a number behind it or a word before it: `admin7`, `site-admin`."""
    name = username.casefold()
    if _ENDINGS.search(name) or _TECHNICAL.fullmatch(name):
        return True
    bare = re.sub(r"[._-]", "", name)
    office = _NUMBERS.sub("", bare)
    return bare in _RESERVED or office in _OFFICE_NAMES or _BEFORE.sub("", office) in _OFFICE_NAMES
