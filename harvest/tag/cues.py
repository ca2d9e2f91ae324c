"""The language of abstracts, whatever their subject: wording that tells what a sentence does with what it mentions.

Written as phrases of ``harvest.tag.terms``, so that they are found in the same pass as the terms of a taxonomy.
"""

from __future__ import annotations

from typing import Literal

Cue = Literal[
    "objective",
    "methods",
    "results",
    "conclusion",
    "absent",
    "excluded",
    "future",
    "elsewhere",
    "searched",
    "aside",
    "listing",
]
"""What a wording tells about its sentence, or (``absent``) about the words after it."""

_WORK = (
    "study|studies|trial|review|paper|article|project|investigation|report|work|analysis|meta-analysis|protocol|survey"
)
_WORKERS = "authors|investigators|researchers"
_INQUIRES = (
    "aim*|sought|seek|seeks|investigat*|examin*|evaluat*|assess*|explor*|compar*|determin*|review*|summari*|describ*"
    "|test|tests|tested|address*|consider*|report|reports|discuss*|present|presents|focus*"
)
_INQUIRE = "evaluate|assess|compare|examine|determine|investigate|describe|explore|test|identify|analyse|summarise"
_SHOWS = "suggest*|indicat*|support*|highlight*|demonstrat*|show*|confirm*|underscore*|impl*|reveal*|raise*|illustrat*"
_INQUIRED = (
    "assessed|evaluated|examined|measured|investigated|studied|explored|established|addressed|covered|pursued|captured"
)
_PEOPLE = (
    "patient*|subject*|participant*|volunteer*|individual*|adult*|people|children|women|men|user*|group*|control*|those"
)
_ANIMALS = "rats|mice|animal*"
_DONE = (
    "enrolled|recruited|included|assigned|allocated|given|treated|administered|injected|measured|assessed|collected"
    "|searched|performed|evaluated|exposed|anaesthetised|obtained|divided|conducted|recorded|studied|analysed|scheduled"
    "|used|tested|interviewed|reviewed|selected"
)

CUES: dict[Cue, tuple[str, ...]] = {
    # the aim of the record itself
    "objective": (
        "we (|therefore |thus |here |also |further |will |then |first )"
        f"({_INQUIRES}|hypothesi*|propos*|designed|asked)",
        "(this|our|present|current|the) "
        "(|present |current |narrative |systematic |scoping |literature |brief |critical |comprehensive |umbrella )"
        f"({_WORK}) (|will |also |therefore |systematically |critically |briefly |comprehensively |further |thus )"
        f"({_INQUIRES}|provid*|outlin*|highlight*|analy*|synthesi*)",
        "(aim|purpose|objective|goal) of (this|the|our|present|current)",
        "(aim|purpose|objective|goal) (was|is|were|are) to",
        "(was|is|were|are) (|primarily |mainly |further |therefore )(aimed|meant|intended|sought) (to|at)",
        f"({_WORK}) (was|is) to (|further |better )({_INQUIRE}|explore)",
        f"(was|is|were|are) to ({_INQUIRE})",
        f"to ({_INQUIRE}) (the|whether|if)",
        f"in this ({_WORK})",
        f"({_WORKERS}) ({_INQUIRES}|hypothesi*)",
        "(was|were) (designed|conducted|undertaken|carried out|performed|compared) to",
        f"({_WORK}) (was|is) (designed|conducted|intended|performed)",
        "(here|herein) we",
        "(primary|secondary|main) (aim|objective|hypothesis)",
        "(report|describe|present) (a|the|our|two|three|four|five) (case|patient|series|experience|novel|first)",
    ),
    # what was done, and to whom
    "methods": (
        "(randomised|randomly|placebo-controlled|open-label|cohort|cross-sectional|questionnaire|database)",
        "double-blind*",
        "retrospective*",
        f"(was|were|will be) ({_DONE}|randomised)",
        f"({_PEOPLE}|{_ANIMALS}) (who|received|underwent|completed|participated|were|aged)",
        f"we ({_DONE}|randomised|gave)",
        "(year old|years of age|mg kg|took part|eligible were|were eligible)",
    ),
    # what came out
    "results": (
        "significant*",
        "confidence interval",
        "we (found|observed|show|demonstrate|identified)",
        "result* (show*|reveal*|indicate*|demonstrat*|suggest*|confirm*)",
        "(was|were|had|did)",
        "(showed|revealed|demonstrated|experienced|improved|increased|decreased|reduced|resulted)",
        "(rose|fell|dropped|declined|climbed|occurred|remained|stayed|worsened|recovered|relapsed|vomited|hallucinated)",
        "(scored|peaked|subsided|resolved|disappeared|vanished|abated|returned|persisted)",
    ),
    # what it means
    "conclusion": (
        "conclu*",
        "(these|our|the|this|present|current|preliminary) (|preliminary |present |current |pilot )"
        "(finding*|result*|data|observation*|evidence|study|report|case*|review|work|meta-analysis) "
        f"({_SHOWS}|provid*)",
        "in (summary|sum|conclusion)",
        "taken together",
        "altogether",
    ),
    # the words after it are not there: patients without ...
    "absent": (
        f"({_PEOPLE}|{_ANIMALS}) without (|a |any )"
        "(|history of |diagnosis of |prior |previous |comorbid |current |known )",
        "without (|a |any )(|personal |prior |previous |family )(history|diagnosis) of",
        "no (|prior |previous |personal |known |current |past |lifetime |family )(history|diagnosis) of",
        "not (diagnosed|suffering|meeting)",
        "rather than",
        "instead of",
        "non",
    ),
    # who could not take part
    "excluded": (
        "(exclud*|ineligible|contraindicat*)",
        "(exclusion|withdrawal) criteri*",
        "(not|nor) (|be |considered |accepted |deemed )"
        "(eligible|enrolled|accepted|admitted|recruited|invited|approached|permitted|allowed)",
        "(was|were|are) (left out|turned away|screened out|barred|rejected|disqualified)",
        "not (|be )included",
    ),
    # what nobody has done yet
    "future": (
        "(future|further|additional|more|larger) "
        "(|large |larger |high-quality |rigorous |clinical |controlled |randomised |well-designed |longitudinal )"
        "(|prospective )(research|study|studies|trial|work|investigation|data|evidence)",
        "(is|are|be) (needed|warranted|required)",
        "should (be|further) (investigat*|examin*|explor*|evaluat*|studied|address*|assess*)",
        "(remain*|yet|still) to be",
        "(deserve*|merit*) (|a |further |closer |careful |formal )"
        "(study|scrutiny|investigation|attention|research|exploration|examination|consideration|evaluation)",
        "(is|are) (a matter|matters|a question|questions) for (other|another|future|further|later)",
        "(remain*|is|are) (|still |largely |currently )"
        "(unknown|unclear|unexplored|lacking|uncertain|undetermined|not known|limited)",
        "need* (to be|for) (further|investigat*|studied|explor*|examin*|evaluat*|future|more|larger)",
        "(lack|paucity) of",
        f"(was|were|is|are) not ({_INQUIRED})",
        f"not (yet |)been (|well |fully |systematically )({_INQUIRED})",
        "(did|could) not (|specifically |formally |systematically )"
        "(pursue|examine|assess|address|study|measure|investigate|evaluate|explore)",
        "(cannot|could not) be (gauged|derived|determined|inferred|judged|answered|estimated|assessed|deduced)",
        "(reviewed|discussed|described|reported|addressed|summarised|published|dealt with) (elsewhere|separately)",
        "(is|are) (not|hardly|scarcely) (|to be )expected",
    ),
    # other work and other uses
    "elsewhere": (
        "(is|are|been) "
        "(|also |commonly |widely |increasingly |traditionally |primarily |initially |originally |frequently |often )"
        "(used|known|approved|employed|prescribed|developed|recognised) (as|for|in|to)",
        "(was|were) (|also |commonly |widely |traditionally |primarily |initially |originally |frequently |often )"
        "(known|approved|prescribed|developed|recognised) (as|for|in|to)",
        "(was|were) (commonly|widely|traditionally|primarily|initially|originally|frequently|often) (used|employed) "
        "(as|for|in|to)",
        "previous (study|studies|research|work|report|trial|finding)",
        "previously (|been )(shown|reported|demonstrated|found|observed|suggested)",
        "(has|have) (|previously |also |recently |repeatedly |long |consistently )(|been )"
        "(shown|reported|demonstrated|suggested|associated|implicated|linked|emerged|proposed)",
        "recent (study|studies|evidence|research|work|report|trial|finding|data)",
        "(growing|emerging|mounting|accumulating|increasing) (|body of )(evidence|interest|literature)",
        "(is|are) (a|an|one of the|among the) (|most |very )"
        "(common|leading|major|serious|prevalent|debilitating|chronic|severe|frequent|significant)",
    ),
    # the words of a literature search are no findings
    "searched": ("search (term|strategy|string)", "(the terms|keyword)", "using the following"),
    # what those studied also have, or what was allowed for
    "aside": (
        "comorbid*",
        "(baseline|patient|demographic|clinical|sociodemographic) (characteristic|feature|variable|factor|data)",
        "(adjust*|controll*|correct*) for",
        "(covariate|confounder|risk factor|concomitant|concurrent)",
        "(more|less) likely to (have|report|be)",
        "characteristics (|such as |including )",
    ),
    # what follows are examples
    "listing": ("(such as|including|like|e g|eg|for example|namely|as well as)",),
}
