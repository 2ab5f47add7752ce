"""The pictures of an issue as the archive shows them: at their public addresses, for whoever may read the issue."""

from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.issues import issue_of_message
from listserv.usecases import issuepress


def by_cid(db: Session, row: Message) -> dict[str, str]:
    """The addresses of an issue's pictures, by the names that its mail gives them; nothing for any other message."""
    issue = issue_of_message(db, row.id)
    if issue is None:
        return {}
    # As `newsletters.mime` names them: their number, and the mail's own id.
    return {f"{image.number}.{row.message_id.strip('<>')}": issuepress.picture_url(db, issue, image.number) for image in issue.images}
