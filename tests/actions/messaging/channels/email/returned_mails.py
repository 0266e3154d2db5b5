"""Mails as receivers send them back, written out after the formats and habits of real ones."""

OURS = "<m-8812@shop.example>"
ORIGINAL = (
    f"Return-Path: <b+tok7Ab@bounce.shop.example>\r\nMessage-ID:\r\n {OURS}\r\nFrom: Shop <hello@shop.example>\r\n"
    "To: ada@example.com\r\nSubject: Your tea\r\n\r\nDear Ada, your mailbox is full of joy. Spam is a food.\r\n"
)


def dsn(fields, *, to="b+tok7Ab@bounce.shop.example", said="I could not deliver your mail.", encoding="7bit"):
    """A delivery report; `fields` are those of one recipient."""
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <report@mx.example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        f"--B\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{said}\r\n\r\n"
        f"--B\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{fields}\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{ORIGINAL}\r\n--B--\r\n"
    ).encode()


def recipient(action, status, diagnostic):
    return (
        "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; Ada@Example.com\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}"
    )


def complaint(*, fields, original=ORIGINAL):
    return (
        "From: feedback@isp.example\r\nTo: abuse@shop.example\r\nSubject: FW: Your tea\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type="feedback-report"; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\r\n"
        f"--B\r\nContent-Type: message/feedback-report\r\n\r\n{fields}\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--B--\r\n"
    ).encode()


def mail(body, *, charset="utf-8", **headers):
    """A mail of one text; header names are written with underscores."""
    given = {"From": "ada@example.com", "To": "b+tok7Ab@bounce.shop.example", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    head = "\r\n".join([*lines, f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit"])
    return (head + "\r\n\r\n" + body).encode(charset)


EXIM = mail(
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n\n  ada@example.com\n    host mx.example.com [192.0.2.1]\n"
    "    SMTP error from remote mail server after RCPT TO:<ada@example.com>:\n    550 No such user here\n\n"
    f"------ This is a copy of the message, including all the headers. ------\n\n{ORIGINAL}",
    From="Mail Delivery System <Mailer-Daemon@mx.shop.example>", Subject="Mail delivery failed: returning message to sender",
    X_Failed_Recipients="ada@example.com", Auto_Submitted="auto-replied",
)  # fmt: skip
QMAIL = mail(
    "Hi. This is the qmail-send program at example.com.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<ada@example.com>:\nThe user's mailbox is over quota. (#5.2.2)\n\n"
    f"--- Below this line is a copy of the message.\n\n{ORIGINAL}",
    From="MAILER-DAEMON@example.com", Subject="failure notice", Return_Path="<>",
)  # fmt: skip
CHINESE_UNKNOWN = mail(
    "抱歉，您的邮件被退回来了……\n原邮件信息：\n时间 2026-11-20\n主题 Your tea\n收件人 ada@qq.example\n退信原因 收件人邮件地址不存在，邮件无法送达。\n",
    charset="gb18030", From="PostMaster@qq.example", Subject="系统退信",
)  # fmt: skip
CHINESE_FULL = mail(
    "您好，您发给 ada@163.example 的邮件未能送达：对方邮箱空间已满，请稍后再试。",
    From="Postmaster@163.example",
    Subject="=?gbk?B?y/3By8zh0NE=?=",
)
CHINESE_SPAM = mail(
    "您发送的邮件被对方服务器拒绝，原因：554 DT:SPM 发送的邮件内容包含垃圾信息。",
    From="postmaster@126.example",
    Subject="退信通知",
)
