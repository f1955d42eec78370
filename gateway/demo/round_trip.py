"""The round trip as a whole: the main job of the gateway, on real input."""

from __future__ import annotations

from gateway.cli.language import t
from gateway.demo import desk_steps, document_steps, registration_steps
from gateway.demo.play import Play
from gateway.demo.transcript import Transcript


def round_trip(play: Play) -> Transcript:
    """Play every step in order. A step that fails does not keep the later ones from being tried.

    A home in which it was played before has everything on record: then the register must refuse the same application
    as a duplicate, the same appeal because its case is open, and list no document twice. That is what is expected.
    """
    play.transcript.heading(t("What is offered, and to whom", "Nə təklif olunur və kimə"))
    registration_steps.find_out(play)
    play.transcript.heading(t("A resource is registered", "İnformasiya ehtiyatı qeydiyyata alınır"))
    registration_steps.validate(play)
    tracking_id = registration_steps.register(play)
    play.transcript.heading(t("A registered entry is to be changed", "Reyestrdəki qeyd dəyişdirilir"))
    registration_steps.appeal(play)
    play.transcript.heading(
        t("The operator decides, and the owner has the extract", "Operator qərar verir, sahib çıxarış alır")
    )
    desk_steps.decide(play, tracking_id)
    desk_steps.extract(play, tracking_id)
    play.transcript.heading(
        t("Invalid documents are reported and checked", "Etibarsız sənədlər bildirilir və yoxlanılır")
    )
    document_steps.report(play)
    document_steps.check(play)
    play.transcript.heading(t("Notices", "Bildirişlər"))
    document_steps.notices(play)
    play.transcript.heading(t("What does not get through", "Keçməyən müraciətlər"))
    document_steps.refusals(play)
    return play.transcript
