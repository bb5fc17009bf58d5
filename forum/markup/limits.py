"""What a text may cost. Every cap is checked before the work that it bounds.

The parser and both sanitizers take time in proportion to what they are given, some of it more than in
proportion; these figures keep the worst text that is accepted within a fraction of a second.
"""

BODY_BYTES = 20 * 1024  # of UTF-8, as written
NESTING = 20  # quotes and lists within each other (a list counts twice: itself and its item)
TABLE_COLUMNS = 20
TOKENS = 5_000  # blocks and pieces of text, before the sanitizers
HTML_CHARS = 200_000  # before the sanitizers
OPEN_BRACKETS = 4_000  # each makes the parser look ahead
LONGEST_ADDRESS = 2_000  # that is linked where it stands bare
MENTION_NAMES = 50  # different names looked up for one text; further ones stay plain text
CODE_CHARS = 6_000  # of code colored in one text; further code stays plain, as does code with
CODE_LINE = 200  # longer lines (lexers take time by the square of a line), with
CODE_BLANKS = 4  # more empty lines together, or when one text would have
CODE_SPANS = 1_500  # more colored pieces
EXCERPT_CHARS = 240
FOLD_LINES = 8  # a quote of more lines than this is folded
FOLD_CHARS = 800  # ... or of more characters
SIGNATURE_LINES = 12  # what follows the last "-- " is a signature only if it is no longer than this
INCOMING_CHARS = (
    400_000  # of foreign HTML turned into Markdown; what goes beyond the rest keeps only its words
)
INCOMING_TAGS = 6_000
INCOMING_TAG_CHARS = 4_000
INCOMING_DEPTH = 80
FORMULA_CHARS = 1_000  # between the marks of a formula in a line
SPOILER_TITLE = 120
FOOTNOTE_LABEL = 40
